"""What can be set about the service, from the environment (prefix ``GOVGRAPH_HTTP_``); a bad value fails at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from govgraph.graph.errors import BadInput

PREFIX = "GOVGRAPH_HTTP_"
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What a service can be told.

    ``cors``: web sites whose scripts may ask. ``rate``: requests a second for each key, and for each address without
    one; short bursts may be twice that. ``anonymous``: whether callers without a key are let in, as the public.
    ``prefix``: the path under which a proxy serves this. ``body``: bytes of a request's body at most. ``kept``: rows of
    answers that are kept.
    """

    cors: tuple[str, ...] = ()
    rate: float = 200.0
    anonymous: bool = True
    prefix: str = ""
    body: int = 1 << 20
    kept: int = 200_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings of this process. An empty value counts as not set; a bad one raises BadInput with the remedy."""
        given = os.environ if environment is None else environment
        default = cls()

        def text(name: str) -> str:
            return given.get(PREFIX + name) or ""

        return cls(
            cors=tuple(_origin(part.strip()) for part in text("CORS").split(",") if part.strip()),
            rate=_number("RATE", text("RATE"), default.rate, 0.1),
            anonymous=_switch("ANONYMOUS", text("ANONYMOUS"), default.anonymous),
            prefix=_path(text("PREFIX")),
            body=int(_number("BODY", text("BODY"), default.body, 1024)),
            kept=int(_number("KEPT", text("KEPT"), default.kept, 1)),
        )


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise BadInput(
            f"{PREFIX}CORS has {text!r}: expected origins with commas between; write https://map.example.org"
        )
    return text


def _number(name: str, text: str, default: float, least: float) -> float:
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not least <= value <= 1e12:
        raise BadInput(f"{PREFIX}{name} is {text!r}: expected a number, at least {least:g}; write {default:g}")
    return value


def _switch(name: str, text: str, default: bool) -> bool:
    if text and text.lower() not in (*YES, *NO):
        raise BadInput(f"{PREFIX}{name} is {text!r}: expected true or false")
    return text.lower() in YES if text else default


def _path(text: str) -> str:
    if text and (not text.startswith("/") or text.endswith("/")):
        raise BadInput(f"{PREFIX}PREFIX is {text!r}: expected a path; write /govgraph")
    return text
