"""How answers leave: a page of a list, slim, as CSV, or not at all if the caller has it already."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from starlette.types import Scope

from govgraph.queries.evidence import with_evidence

from ..cli.output import as_csv
from .doors import Caller, Doors, headers_of
from .problems import Problem
from .service import Answer, Held, Row, Service, version_of

MOST = 1000
JSON = "application/json"
LONG = 200
"""Characters of a name or another text in a request."""
NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"

Text = Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL)]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for, and in which form."""

    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows on a page.")] = 100
    cursor: Annotated[
        str | None, Query(max_length=400, pattern=NO_CONTROL, description="`next` of the page before.")
    ] = None
    fields: Annotated[
        str | None,
        Query(
            max_length=1000,
            pattern=NO_CONTROL,
            description="Only these fields of each row, with commas between them.",
        ),
    ] = None
    format: Annotated[
        Literal["json", "csv"],
        Query(description="`csv` gives the rows of the page; the link to the next is in `Link`."),
    ] = "json"


async def paging(**given: Any) -> Page:
    """The page asked for. Asynchronous: a class is called in a thread of its own, which takes longer than the work."""
    return Page(**{**given, "cursor": given["cursor"] or None})


paging.__signature__ = inspect.signature(Page)  # type: ignore[attr-defined]


def service(request: Request) -> Service:
    """The service behind a request."""
    found: Service = request.app.state.service
    return found


def listed(
    request: Request,
    caller: Caller,
    page: Page,
    compute: Callable[[Held], tuple[list[Row], str | None]],
    *,
    body: str = "",
    evidence: bool = False,
) -> Response:
    """The page of a list that a request asks for. `compute` gives all rows, and the day they are for.

    `body` tells requests to one door apart where the query does not; with `evidence` rows get theirs when shown.
    """
    asked = _asked(request, body, Page.__dataclass_fields__)
    held = service(request).of(caller.tier)
    stamp, at = _stamp(request, caller), 0
    if page.cursor is None:
        if known := _unchanged(request, caller, stamp):
            return known
        answer = service(request).answer(caller.tier, asked, compute, stamp)
    else:
        at, given = _read(page.cursor, asked)
        answer = _same_list(request, caller, asked, given, stamp, compute)
    rows = answer.rows[at : at + page.limit]
    if evidence:
        rows = with_evidence(held, rows)
    after = at + page.limit
    more = _cursor(after, asked, answer.version) if after < len(answer.rows) else None
    if page.fields:
        rows = _slim(rows, page.fields)
    _note(request.scope, caller, rows, answer.version, stamp)
    same = page.cursor is None and stamp.startswith(answer.version)
    headers = {"ETag": _tag(request.scope, caller, stamp)} if same else {}
    if page.format == "csv":
        if more:
            query = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
            headers["Link"] = f'<{request.url.path}?{urlencode([*query, ("cursor", more)])}>; rel="next"'
        return Response(as_csv(rows), headers=headers, media_type="text/csv")
    return send(_list(rows, more, len(answer.rows) if answer.whole else None, answer.as_of, answer.version), headers)


def at_once(scope: Scope, caller: Caller, rows: list[Row], as_of: str | None, stamp: str) -> Response:
    """A list that fits on one page, as `listed` answers with it, computed from the state that the stamp names."""
    version = version_of(stamp)
    _note(scope, caller, rows, version, stamp)
    headers = {"ETag": _tag(scope, caller, stamp)}
    return send(_list(rows, None, len(rows), as_of, version), headers)


def single(request: Request, caller: Caller, compute: Callable[[Held], Row], body: str = "") -> Response:
    """One thing that a request asks for."""
    stamp = _stamp(request, caller)
    if known := _unchanged(request, caller, stamp):
        return known

    def rows(held: Held) -> tuple[list[Row], None]:
        return [compute(held)], None

    answer = service(request).answer(caller.tier, _asked(request, body), rows, stamp)
    _note(request.scope, caller, answer.rows, answer.version, stamp)
    headers = {"ETag": _tag(request.scope, caller, stamp)} if stamp.startswith(answer.version) else {}
    return send(answer.rows[0] | {"version": answer.version}, headers)


def send(value: object, headers: Mapping[str, str] | None = None) -> Response:
    """A value as the command line writes it: UTF-8, not escaped."""
    text = json.dumps(value, ensure_ascii=False)
    kept = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key"}
    return Response(text.encode("utf-8", "replace"), headers=kept | dict(headers or {}), media_type=JSON)


# --- parts of it ------------------------------------------------------------------------------------------------------
def _list(rows: list[Row], more: str | None, total: int | None, as_of: str | None, version: str) -> Row:
    return {"items": rows, "next": more, "total": total, "as_of": as_of, "version": version}


def _stamp(request: Request, caller: Caller) -> str:
    """What the answer depends on: as `known.py` has just seen it, or looked up, which may have to wait."""
    seen: tuple[Caller, str] | None = getattr(request.state, "settled", None)
    return seen[1] if seen and seen[0] == caller else service(request).stamp(caller.tier)


def _asked(request: Request, body: str, apart: Collection[str] = ()) -> str:
    """What a request asks, whatever is asked for in the parameters that count apart: which page, in which form."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in apart]
    return hashlib.sha256(repr((request.scope["path"], sorted(pairs), body)).encode("utf-8", "replace")).hexdigest()


def _tag(scope: Scope, caller: Caller, stamp: str) -> str:
    """Changes with the graph, the tier and the whole question. It is weak: the bytes also depend on compression."""
    form = headers_of(scope).get(b"host", b""), scope["path"], scope["query_string"], caller.tier, stamp
    return f'W/"{version_of(stamp)}-{hashlib.sha256(repr(form).encode()).hexdigest()[:16]}"'


def _unchanged(request: Request, caller: Caller, stamp: str) -> Response | None:
    """304 for a caller who has the answer already. It got the tag with an answer, so that there is one."""
    if request.method != "GET" or "if-none-match" not in request.headers:
        return None
    tag = _tag(request.scope, caller, stamp)
    given = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers={"ETag": tag}) if tag in given else None


def _cursor(at: int, asked: str, version: str) -> str:
    return base64.urlsafe_b64encode(f"{at} {asked[:16]} {version}".encode()).decode().rstrip("=")


def _read(cursor: str, asked: str) -> tuple[int, str]:
    """Where a cursor goes on, and in which version. Raises 400 for one that is none, or of another question."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        at, of, version = text.split(" ")
        if int(at) < 1 or of != asked[:16]:
            raise ValueError(cursor)
        return int(at), version
    except ValueError:
        raise Problem(
            400, "the cursor is not one of this list; give `next` of the page before, and ask the same"
        ) from None


def _same_list(
    request: Request,
    caller: Caller,
    asked: str,
    version: str,
    stamp: str,
    compute: Callable[[Held], tuple[list[Row], str | None]],
) -> Answer:
    """The list that a cursor is from, though the graph has moved on. Raises 410 where it is kept no longer."""
    here = service(request)
    if version_of(stamp) == version:
        return here.answer(caller.tier, asked, compute, stamp)
    if found := here.kept.of_version(caller.tier, asked, version):
        return found
    raise Problem(410, "the graph has changed, and this list is kept no longer; start again without a cursor")


def _slim(rows: list[Row], fields: str) -> list[Row]:
    wanted = [name.strip() for name in fields.split(",") if name.strip()]
    known = list(dict.fromkeys(name for row in rows for name in row))
    if rows and (unknown := [name for name in wanted if name not in known]):
        raise Problem(400, f"there is no field {unknown[0]}; there are {', '.join(known)}")
    return [{name: row[name] for name in wanted if name in row} for row in rows]


def _note(scope: Scope, caller: Caller, rows: list[Row], version: str, stamp: str) -> None:
    """Note what was read, where that has to be noted. An answer from the graph of now that was not may be sent again
    as it is (`known.py`)."""
    doors: Doors = scope["app"].state.doors
    noted = doors.audit.read(caller, getattr(scope.get("route"), "path", ""), rows, version)
    if not noted and stamp.startswith(version):
        scope.setdefault("state", {})["same"] = stamp
