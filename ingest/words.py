"""The words of `headers.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml


@dataclass(frozen=True)
class Body:
    """A kind of body that a compound can have."""

    type: str
    unnamed: str
    generic: frozenset[str]
    endings: tuple[str, ...]


@dataclass(frozen=True)
class Post:
    """What a column of persons means: whose post and which; `title` tells that the header itself is worth keeping."""

    body: str
    role: str
    title: bool


@dataclass(frozen=True)
class Words:
    """See the comments of `headers.yaml`; the names are the same."""

    fields: dict[str, list[str]]
    posts: dict[str, Post]
    post_headers: dict[str, list[str]]
    dates: dict[str, list[str]]
    scopes: dict[str, list[str]]
    exists: list[str]
    counts: dict[str, str]
    count_headers: dict[str, list[str]]
    ignored: list[str]
    strip_front: list[str]
    strip_back: list[str]
    bodies: dict[str, Body]
    organizations: list[dict[str, Any]]
    subtypes: list[list[str]]
    roles: dict[str, dict[str, list[str]]]
    role_words: dict[str, list[str]]
    role_bodies: dict[str, str]
    heads: dict[str, str]
    manners: dict[str, list[str]]
    forms: dict[str, list[str]]
    shared_forms: list[str]
    void: frozenset[str]
    void_front: tuple[str, ...]
    vacant: frozenset[str]
    vacant_front: tuple[str, ...]
    vacant_head: frozenset[str]
    heads_of_body: frozenset[str]
    self_managed: frozenset[str]
    compound_endings: tuple[str, ...]
    yes: frozenset[str]
    totals: tuple[str, ...]
    remarks: tuple[str, ...]


LISTS = ("void_front", "vacant_front", "compound_endings", "totals", "remarks")
SETS = ("void", "vacant", "vacant_head", "heads_of_body", "self_managed", "yes")


@cache
def words() -> Words:
    """The words, as the types above."""
    data = cast(dict[str, Any], yaml.safe_load(files("govgraph.ingest").joinpath("headers.yaml").read_text("utf-8")))
    posts, counts = data.pop("posts"), data.pop("counts")
    values: dict[str, Any] = dict(
        posts={name: Post(post["body"], post["role"], post.get("title", False)) for name, post in posts.items()},
        post_headers={name: post["headers"] for name, post in posts.items()},
        counts={counted: count["unit"] for counted, count in counts.items()},
        count_headers={counted: count["headers"] for counted, count in counts.items()},
        bodies={name: _body(body) for name, body in data.pop("bodies").items()},
        **{name: frozenset(data.pop(name)) for name in SETS},
        **{name: tuple(data.pop(name)) for name in LISTS},
        **data,
    )
    return Words(**values)


def _body(body: dict[str, Any]) -> Body:
    return Body(body["type"], body["unnamed"], frozenset(body["generic"]), tuple(body["endings"]))
