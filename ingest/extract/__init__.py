"""From a text to claims by rules: places, bodies, persons with their posts, relations, published numbers.

`extract` is the whole interface. The rules are data (data/*.yaml) over a few grammars; each claim carries the exact
quote of the raw text in which it is said, and nothing leaves without that (verify.py).
"""

from ..text import normalise
from . import assemble, document, tag
from .verify import Claim, Collector

__all__ = ["extract"]


def extract(
    raw: str,
    *,
    source_id: str,
    published: str | None = None,
    place: str | None = None,
    title: str | None = None,
    tagger: tag.Tagger | None = None,
) -> list[Claim]:
    """Claims of the kinds entity, relation, figure and statement, without `id`, in reading order.

    `published` (YYYY, YYYY-MM or YYYY-MM-DD) makes 去年9月 a date; `place` is where an unplaced body lies. The locators
    count characters of `raw`. The same text gives the same claims.
    """
    text = normalise(raw)
    used = tagger or tag.default_tagger()
    taken_apart = document.read(text, used, published=published, place=place, title=title)
    collector = Collector(text, source_id, used.name)
    assemble.everything(taken_apart, collector)
    return collector.claims()
