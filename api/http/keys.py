"""Keys to the service: who holds one sees what its tier sees, until it expires or is revoked.

A key is shown once, when it is made; kept is a digest of it. The keys of a workspace stand in `keys.json`, which only
its owner can read. A key that was ever made keeps the service closed to callers without one: they are public.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.workspace import Workspace, write_text
from govgraph.queries.tiers import TIERS, Tier

SCOPES = ("read", "cypher")
"""What a key opens: the answers, and statements of one's own (which need the tier research as well)."""
LONGEST = 3650
START = "gg"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. Times are UTC, ISO."""

    id: str
    name: str
    tier: Tier
    scopes: tuple[str, ...]
    digest: str
    created: str
    expires: str
    revoked: str | None = None

    @property
    def status(self) -> str:
        """valid, expired or revoked."""
        return "revoked" if self.revoked else "expired" if self.expires <= _now() else "valid"

    def row(self) -> dict[str, object]:
        """The key as `govgraph keys list` shows it."""
        return {k: v for k, v in asdict(self).items() if k != "digest"} | {
            "scopes": list(self.scopes),
            "status": self.status,
        }


class Keys:
    """The keys of a workspace. Reading notices what another process has added or revoked."""

    def __init__(self, root: Path) -> None:
        self.file = root / "keys.json"
        self._seen: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}

    def all(self) -> list[Key]:
        """Every key ever made, oldest first. Raises BadInput for a file that is not ours."""
        try:
            stat = self.file.stat()
        except FileNotFoundError:
            return []
        if (at := (stat.st_mtime_ns, stat.st_size)) != self._seen:
            try:
                rows = json.loads(self.file.read_text("utf-8"))
                self._keys = {row["id"]: Key(**row | {"scopes": tuple(row["scopes"])}) for row in rows}
            except (ValueError, TypeError, KeyError):
                raise BadInput(f"{self.file} is not readable; restore it, or remove it and make new keys") from None
            self._seen = at
        return list(self._keys.values())

    def find(self, given: str) -> Key | None:
        """The valid key that somebody holds out; None for anything else."""
        start, _, rest = given.partition("_")
        id, _, secret = rest.partition("_")
        key = next((key for key in self.all() if key.id == id), None)
        good = hmac.compare_digest(key.digest if key else "", _digest(secret))
        return key if key and good and start == START and key.status == "valid" else None

    def add(self, workspace: Workspace, name: str, tier: Tier, scopes: Sequence[str], days: int) -> tuple[Key, str]:
        """Make a key for so many days; gives it and the text to hold out, which is not kept. Raises BadInput."""
        if tier not in TIERS:
            raise BadInput(f"{tier} is no tier; use {', '.join(TIERS)}")
        if unknown := [scope for scope in scopes if scope not in SCOPES]:
            raise BadInput(f"{unknown[0]} is no scope; use {', '.join(SCOPES)}")
        if not 1 <= days <= LONGEST:
            raise BadInput(f"a key of {days} days is not possible; ask for 1 to {LONGEST}")
        if "cypher" in scopes and tier == "public":
            raise BadInput(
                "statements of one's own are not for the public tier; use --tier research, or leave cypher out"
            )
        secret, made = secrets.token_urlsafe(24), datetime.now(UTC)
        expires = (made + timedelta(days)).isoformat(timespec="seconds")
        key = Key(secrets.token_hex(4), name, tier, tuple(scopes), _digest(secret), _now(), expires)
        with workspace.writing("make a key"):
            self._write([*self.all(), key])
        return key, f"{START}_{key.id}_{secret}"

    def revoke(self, workspace: Workspace, id: str) -> Key:
        """End a key at once. Raises NotFound."""
        with workspace.writing("revoke a key"):
            keys = {key.id: key for key in self.all()}
            if id not in keys:
                raise NotFound(f"no key {id} was ever made; `govgraph keys list` shows those that were")
            keys[id] = replace(keys[id], revoked=keys[id].revoked or _now())
            self._write(list(keys.values()))
        return keys[id]

    def _write(self, keys: list[Key]) -> None:
        text = json.dumps([asdict(key) for key in keys], ensure_ascii=False, indent=1)
        old = os.umask(0o077)
        try:
            write_text(self.file, text + "\n")
        finally:
            os.umask(old)


def _digest(secret: str) -> str:
    """A plain hash is enough: the secret is 24 random bytes, not a word that can be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
