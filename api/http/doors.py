"""Who asks, and what that caller may see: the tier of each request, how often one may ask, and who read what."""

from __future__ import annotations

import ipaddress
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import Scope

from govgraph.graph.vocabulary import vocabulary
from govgraph.queries.tiers import TIERS, Tier

from .keys import Keys
from .problems import Problem

FORWARDED = frozenset((b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"))
"""Headers by which a proxy tells that it asks for somebody else."""
ADDRESSES = 50_000
Headers = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks. `key` is the id of the key held out; without one it is an owner or the public."""

    tier: Tier
    key: str | None
    scopes: tuple[str, ...]

    @property
    def owner(self) -> bool:
        return self.key is None and self.tier == TIERS[-1]


class Doors:
    """The doors of one service. `exposed` says that it listens to more than this machine."""

    def __init__(self, root: Path, exposed: bool, anonymous: bool, rate: float) -> None:
        self.keys = Keys(root)
        self.exposed, self.anonymous = exposed, anonymous
        self._rate = Rate(rate)
        self.audit = Audit(root / "audit")

    def closed(self) -> bool:
        """Whether a caller without a key is the public and not the owner of the workspace."""
        return self.exposed or bool(self.keys.all())

    def tiers(self) -> set[Tier]:
        """The tiers for which somebody may come."""
        found: set[Tier] = {key.tier for key in self.keys.all() if key.status == "valid"}
        return found | ({"public"} if self.closed() and self.anonymous else set())

    def caller(self, scope: Scope) -> Caller:
        """Who asks. Raises the problem 401 for a key that is none."""
        headers = headers_of(scope)
        if given := _given(headers):
            key = self.keys.find(given)
            if key is None:
                raise Problem(401, "the key is unknown, expired or revoked", WWW_Authenticate="Bearer")
            return Caller(key.tier, key.id, key.scopes)
        if not self.closed() and _from_here(headers, scope.get("client")):
            return Caller(TIERS[-1], None, ("read", "cypher"))
        if not self.anonymous:
            raise Problem(401, "this service asks for a key", WWW_Authenticate="Bearer")
        return Caller("public", None, ("read",))

    def count(self, scope: Scope, caller: Caller) -> None:
        """Count a request. Raises the problem 429 for asking too often; the owner may."""
        if caller.key:
            self._rate.take(f"key {caller.key}")
        elif not caller.owner:
            client = scope.get("client")
            self._rate.take(f"from {client[0] if client else ''}")


def headers_of(scope: Scope) -> Headers:
    """The headers of a request; of one that is there twice the first, as the framework takes it."""
    return dict(reversed(scope["headers"]))


def _given(headers: Headers) -> str | None:
    """The key that the caller holds out, in either of the usual ways."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    given = token.strip() if scheme.lower() == b"bearer" else headers.get(b"x-api-key")
    return given.decode("latin-1") if given else None


def _from_here(headers: Headers, client: tuple[str, int] | None) -> bool:
    """Whether the request comes from this machine and is meant for it: not over a proxy, nor by a web site whose name
    was made to point here."""
    if not FORWARDED.isdisjoint(headers):  # as the server gives them, in small letters
        return False
    host = headers.get(b"host", b"").decode("latin-1")
    name = host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]
    return loopback(name) and (client is None or loopback(client[0]))


@lru_cache(1024)
def loopback(host: str) -> bool:
    """Whether an address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Rate:
    """So many requests a second for each caller, twice as many in a short burst."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str) -> None:
        """Count one request. Raises the problem 429, with the seconds to wait."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.get(who, (2 * self._rate, now))
            left = min(2 * self._rate, left + (now - at) * self._rate)
            self._left[who] = max(left - 1, 0) if left >= 1 else left, now
            self._left.move_to_end(who)
            if len(self._left) > ADDRESSES:
                self._left.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / self._rate + 0.5))
            raise Problem(429, f"more than {self._rate:g} requests a second", Retry_After=str(wait))


class Audit:
    """Who read what is not public: a line for each such answer, with the key and the kinds of fields, no values."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def read(self, caller: Caller, door: str, value: object, version: str) -> bool:
        """Note what an answer held, if it was for a key and held anything that is not public. Gives whether it was."""
        if caller.key is None or caller.tier == TIERS[0] or not (fields := sorted(_above_public(value))):
            return False
        now = datetime.now(UTC)
        line = {"at": now.isoformat(timespec="seconds"), "key": caller.key, "tier": caller.tier, "door": door}
        text = json.dumps(line | {"fields": fields, "version": version}) + "\n"
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self._folder / f"{now:%Y-%m}.jsonl"
            handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, text.encode())
            finally:
                os.close(handle)
        return True


def _above_public(value: object) -> set[str]:
    """The names of fields and relations in an answer that the public may not see."""
    fields, relations = _names_above_public()
    found: set[str] = set()
    if isinstance(value, Mapping):
        found |= {name for name in value if name in fields and not (name == "status" and "pattern" in value)}
        found |= {str(value[name]) for name in ("relation", "type") if value.get(name) in relations}
    parts: Iterable[object] = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for part in parts:
        if isinstance(part, (Mapping, list)):
            found |= _above_public(part)
    return found


@cache
def _names_above_public() -> tuple[frozenset[str], frozenset[str]]:
    v = vocabulary()
    attributes = [a for t in v.types.values() for a in t.attributes.values()]
    attributes += [a for r in v.relations.values() for a in r.attributes.values()]
    fields = {a.name for a in attributes if a.tier != "public"}
    fields -= {"kind"}  # also the sort of a claim
    relations = {r.name for r in v.relations.values() if r.tier != "public" or r.restricted_between}
    return frozenset(fields), frozenset(relations)


async def _caller(request: Request) -> Caller:
    # Asynchronous, as all that each request passes: a way over a thread takes longer than the work.
    doors: Doors = request.app.state.doors
    caller = doors.caller(request.scope)
    doors.count(request.scope, caller)
    if "read" not in caller.scopes and not request.url.path.endswith("/cypher"):
        raise Problem(403, "this key does not open the answers; ask for one with the scope read")
    request.state.caller = caller
    return caller


Asking = Annotated[Caller, Depends(_caller)]
"""The caller of a door that answers from the graph."""
