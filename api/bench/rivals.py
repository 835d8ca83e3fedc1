"""What the service is measured beside, each a process: the server alone, an empty FastAPI endpoint, and two services of
FastAPI + py2neo.

python -m govgraph.api.bench.rivals bare|empty|naive|cypher PORT-FILE [URI USER]
                                                                     (the password is in GOVGRAPH_BENCH_PASSWORD)
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from .theirs import ROLES

BODY = b"x" * 1000
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Nothing but the server: an answer of the size of a look-up's, always the same."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def empty() -> FastAPI:
    """Nothing but the framework."""
    app = FastAPI()

    @app.get("/")
    def nothing() -> dict[str, str]:
        return {}

    return app


def naive(uri: str, user: str, password: str) -> FastAPI:
    """What one writes in ten minutes with the matchers that py2neo's handbook begins with: each post asks once more for
    its body."""
    from py2neo import Graph, NodeMatcher, RelationshipMatcher

    app, graph = FastAPI(), Graph(uri, auth=(user, password))
    nodes, ties = NodeMatcher(graph), RelationshipMatcher(graph)

    @app.get("/roles")
    def roles(person: str) -> list[dict[str, Any]]:
        return [
            {"person": person, "body": post.end_node["name"], "role": post["role"], "since": post["from"]}
            | {"until": post["to"], "quote": post["quote"]}
            for node in nodes.match("Entity", name=person)
            for post in ties.match((node,), "HOLDS_POST")
        ]

    return app


def cypher(uri: str, user: str, password: str) -> FastAPI:
    """What one writes who knows Cypher: one statement, its rows."""
    from py2neo import Graph

    app, graph = FastAPI(), Graph(uri, auth=(user, password))

    @app.get("/roles")
    def roles(person: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = graph.run(ROLES, name=person).data()
        return rows

    return app


def main(what: str, told: str, uri: str = "", user: str = "") -> None:
    """Serve one of them on a free port, which is written to a file."""
    with_py2neo = {"naive": naive, "cypher": cypher}
    app: ASGIApp = bare if what == "bare" else empty()
    if uri:
        app = with_py2neo[what](uri, user, os.environ["GOVGRAPH_BENCH_PASSWORD"])
    listener = socket.create_server(("127.0.0.1", 0))
    new = Path(told).with_suffix(".new")
    new.write_text(str(listener.getsockname()[1]))
    new.rename(told)
    uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off")).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
