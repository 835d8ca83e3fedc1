"""A claim that passes keeps everything its author wrote;
one that does not is told what, what is expected, and the remedy.
"""

from __future__ import annotations

import json

import pytest

from govgraph.graph.claim import Body, Checker
from govgraph.graph.errors import BadInput

SOURCE: Body = {"kind": "source", "id": "s", "title": "t", "type": "note"}
EVIDENCE: Body = {"source": "s", "locator": {"start": 0, "end": 2, "line": 1}, "quote": "张某"}
PERSON: Body = {"kind": "entity", "key": "s/p", "type": "Person", "name": "张某", "evidence": EVIDENCE}
POST: Body = {
    "kind": "relation",
    "subject": "s/p",
    "relation": "HOLDS_POST",
    "object": "s/b",
    "attributes": {"role": "支部书记"},
    "valid": "2019/..",
    "evidence": EVIDENCE,
}
FIGURE: Body = {"kind": "figure", "value": 3, "counted": "小区", "evidence": EVIDENCE}


def checker(text: str | None = None) -> Checker:
    found = Checker(text_of=lambda source: text)
    found.check(dict(SOURCE))
    return found


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({"kind": "rumour"}, "rumour.*use one of"),
        ({**PERSON, "name": ""}, "needs name"),
        ({**PERSON, "type": "Persn"}, "Persn is not a type; the nearest is Person"),
        ({**PERSON, "aliases": "老张"}, "aliases.*list of texts"),
        ({**PERSON, "attributes": ["x"]}, "attributes.*object"),
        ({**PERSON, "key": 7}, "key is 7; write a text"),
        ({**POST, "relation": "HOLD_POST"}, "HOLDS_POST"),
        ({**POST, "valid": "2019-02-30/.."}, "valid: 2019-02-30 is not a day of the calendar; write"),
        ({**POST, "valid": "2021/2019"}, "ends before it begins"),
        ({**POST, "observed": "gestern"}, "observed: gestern is not a date; write"),
        ({**POST, "evidence": None}, "needs evidence"),
        ({**POST, "evidence": []}, "needs evidence"),
        ({**POST, "evidence": {**EVIDENCE, "source": "other"}}, "'other' is not declared"),
        ({**POST, "evidence": {**EVIDENCE, "quote": ""}}, "needs a quote"),
        ({**POST, "evidence": {**EVIDENCE, "locator": "line 3"}}, "locator, an object"),
        ({**POST, "evidence": {**EVIDENCE, "method": "magic"}}, "magic.*use one of"),
        ({**POST, "evidence": {**EVIDENCE, "confidence": 2}}, "from 0 to 1"),
        ({**POST, "evidence": "x"}, "evidence is an object"),
        ({**FIGURE, "value": "three"}, "write a number"),
        ({**FIGURE, "value": True}, "write a number"),
        ({**FIGURE, "qualifier": "roughly"}, "roughly.*use one of"),
        ({"kind": "register", "of": "Club", "place": "x", "valid": "2020", "evidence": EVIDENCE}, "Club is not a type"),
        (
            {
                "kind": "statement",
                "subject_type": "PartyOrg",
                "relation": "GUIDES",
                "object_type": "OwnersCommittee",
                "strength": "perhaps",
                "evidence": EVIDENCE,
            },
            "perhaps",
        ),
        ({**SOURCE, "type": "blog"}, "blog.*use one of"),
        ({**SOURCE, "published": "2020-13"}, "published: 2020-13"),
    ],
)
def test_refused_with_the_thing_the_expectation_and_the_remedy(claim: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        checker().line(json.dumps(claim))


@pytest.mark.parametrize(
    "line",
    [
        "{not json",
        "[1]",
        '"x"',
        '{"kind": "figure", "value": NaN}',
        "[" * 100_000,
        '{"kind":"source","id":"\\ud800","title":"t","type":"note"}',
    ],
)
def test_what_is_no_claim_at_all_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        checker().line(line)


def test_the_quote_must_stand_in_the_text_that_is_held() -> None:
    assert checker("张某任书记").check(dict(PERSON))
    for text in ("李某任书记", "", "甲张某"):
        with pytest.raises(BadInput, match="does not stand at 0–2"):
            checker(text).check(dict(PERSON))


def test_the_id_comes_from_the_content_alone() -> None:
    one, other = (
        dict(PERSON),
        dict(reversed(list(PERSON.items()))) | {"aliases": [], "place": None, "evidence": [EVIDENCE]},
    )
    assert checker().check(one).id == checker().check(other).id
    assert checker().check(one).id != checker().check(one | {"name": "李某"}).id
    assert checker().check(one | {"id": "c7"}).id == "c7"


def test_unknown_keys_attributes_and_roles_are_kept_and_reported() -> None:
    claim = checker().check(POST | {"mood": "sunny", "attributes": {"role": "首席协调官", "shoe_size": 42}})
    assert json.loads(claim.text)["mood"] == "sunny" and json.loads(claim.text)["attributes"]["shoe_size"] == 42
    assert {word for note in claim.notes for word in ("mood", "首席协调官", "shoe_size") if word in note} == {
        "mood",
        "首席协调官",
        "shoe_size",
    }
