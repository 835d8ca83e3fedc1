"""The service: the same answers over HTTP, as far as the caller may see them. `create_app` makes it.

The folders and files follow the way of a request: `app` (what every request passes), `doors` (who asks, what may that
tier see), `routes` (which library function answers), `service` (the graphs kept open, answers kept for a version of
the graph), `answers` (how rows leave: pages, CSV, ETag), `problems` (how errors leave).
"""

from .app import create_app
from .settings import HttpSettings

__all__ = ["HttpSettings", "create_app"]
