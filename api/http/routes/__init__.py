"""The doors: each a few lines over a function of the library."""

from . import actors, answers, catalogue, changes, explorer, graph, health, reconcile, sources

ROUTERS = (
    actors.router,
    answers.router,
    changes.router,
    graph.router,
    explorer.router,
    catalogue.router,
    sources.router,
    reconcile.router,
    health.router,
)

__all__ = ["ROUTERS"]
