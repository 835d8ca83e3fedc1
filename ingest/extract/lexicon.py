"""The word lists and patterns of the rules: data files with a version, read once."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

Table = Mapping[str, object]
_DATA = files(__package__) / "data"


@dataclass(frozen=True)
class Ending:
    """How a name ends and what it then is; see data/names.yaml."""

    text: str
    type: str
    place: bool
    needs: str


@cache
def table(name: str) -> Table:
    """A data file as plain mappings and lists."""
    return cast(Table, yaml.safe_load((_DATA / f"{name}.yaml").read_text(encoding="utf-8")))


@cache
def version() -> str:
    """Names the rules that were used: it changes with every data file."""
    text = b"".join(file.read_bytes() for file in sorted(_DATA.iterdir(), key=lambda f: f.name))
    return f"rules-1+{hashlib.sha256(text).hexdigest()[:8]}"


@cache
def words(name: str, key: str) -> frozenset[str]:
    """A word list: blank-separated text or a YAML list."""
    value = table(name)[key]
    return frozenset(value.split() if isinstance(value, str) else cast(list[str], value))


@cache
def ends(name: str, key: str) -> tuple[str, ...]:
    """A word list as `str.endswith` takes it."""
    return tuple(sorted(words(name, key)))


@cache
def endings() -> Mapping[str, Ending]:
    found: dict[str, Ending] = {}
    for key, entry in cast(Mapping[str, Mapping[str, object]], table("names")["endings"]).items():
        kind, needs = key.split(".")[0], str(entry.get("needs", "core"))
        for text in cast(list[str], entry["of"]):
            found[text] = Ending(text, kind, bool(entry.get("place", False)), needs)
    return found


@cache
def ending_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, endings()), key=len, reverse=True)))


@cache
def forms() -> list[tuple[str, re.Pattern[str]]]:
    """Types and patterns of names that are no core with an ending."""
    rules = cast(list[dict[str, str]], table("names")["forms"])
    return [(r["type"], re.compile(r["pattern"] + (f"(?={r['next']})" if "next" in r else ""))) for r in rules]


@cache
def such_as() -> list[tuple[str, re.Pattern[str]]]:
    """Types, and what follows the proper noun that has such a type: 等高档小区."""
    words_of = cast(Mapping[str, str], table("names")["such_as"])
    return [
        (kind, re.compile(f"等[\u4e00-\u9fff]{{0,4}}(?:{words})(?=[，。；、]|$)")) for kind, words in words_of.items()
    ]


@cache
def unless() -> Mapping[str, re.Pattern[str]]:
    """What must not follow an ending: 党组 is no ending in 党组织."""
    return {k: re.compile(v) for k, v in cast(Mapping[str, str], table("names")["unless"]).items()}


@cache
def verb_pattern() -> re.Pattern[str]:
    """The verbs of two characters and more."""
    return re.compile("|".join(sorted((re.escape(v) for v in words("names", "verbs") if len(v) > 1), reverse=True)))


@cache
def common_pattern(long_only: bool = False) -> re.Pattern[str]:
    """Matches a text that is made of common words alone; of those of two characters and more, where a single one may be
    part of a proper name (三和)."""
    common = [w for w in words("names", "common") if len(w) > 1 or not long_only]
    return re.compile("(?:" + "|".join(sorted(map(re.escape, common), key=len, reverse=True)) + ")*")


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Surnames of one character, and of two."""
    single, double = (_DATA / "surnames.txt").read_text(encoding="utf-8").strip().split("\n")
    return frozenset(single), frozenset(double.split())


@cache
def roles() -> Mapping[str, frozenset[str]]:
    """Words for posts and the types of bodies that have them."""
    return {r: frozenset(t) for r, t in cast(Mapping[str, list[str]], table("posts")["roles"]).items()}


@cache
def role_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, roles()), key=len, reverse=True)))
