"""What the service writes to its log: JSON a line, and nothing of what was asked."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from functools import partial
from pathlib import Path

from govgraph.api.http.run import AsJson, Together


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


def test_lines_of_requests_that_ended_together_are_written_together(tmp_path: Path) -> None:
    with open(tmp_path / "log", "w", encoding="utf-8") as file:
        handler = Together(file)
        write = partial(handler.handle, logging.makeLogRecord({"msg": "行"}))

        async def some() -> list[str]:
            write(), write()
            found = [(tmp_path / "log").read_text("utf-8")]
            await asyncio.sleep(0)
            found.append((tmp_path / "log").read_text("utf-8"))
            await asyncio.to_thread(write)  # of a thread nobody knows what else is coming
            return [*found, (tmp_path / "log").read_text("utf-8")]

        assert asyncio.run(some()) == ["", "行\n" * 2, "行\n" * 3]
        write()
        assert (tmp_path / "log").read_text("utf-8") == "行\n" * 4


def test_of_a_fault_only_its_kind_and_place_are_written() -> None:
    try:
        raise ValueError("甘若水 is a secret")
    except ValueError:
        found = line("failed", sys.exc_info()[1])
    assert found["error"] == "ValueError" and "test_http_log.py" in str(found["where"])
    assert "甘若水" not in json.dumps(found, ensure_ascii=False)
