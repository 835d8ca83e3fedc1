"""What the service writes to its log: JSON a line, and nothing of what was asked."""

from __future__ import annotations

import json
import logging
import sys

from govgraph.api.http.run import AsJson


def line(message: str, error: BaseException | None = None, **extra: object) -> dict[str, object]:
    given = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("govgraph.http", logging.INFO, "app.py", 1, message, None, given)
    record.__dict__.update(extra)
    found: dict[str, object] = json.loads(AsJson().format(record))
    return found


def test_a_request_is_an_object() -> None:
    found = line("…", request={"door": "/v1/roles", "status": 200})
    assert found["door"] == "/v1/roles" and found["status"] == 200 and str(found["at"]).endswith("+00:00")
    assert line("Invalid HTTP request received.")["says"] == "Invalid HTTP request received."


def test_of_a_fault_only_its_kind_and_place_are_written() -> None:
    try:
        raise ValueError("甘若水 is a secret")
    except ValueError:
        found = line("failed", sys.exc_info()[1])
    assert found["error"] == "ValueError" and "test_http_log.py" in str(found["where"])
    assert "甘若水" not in json.dumps(found, ensure_ascii=False)
