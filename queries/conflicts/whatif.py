"""The check before taking office: which findings would arise if somebody were given a post. Nothing is written.

The part of the graph that a closed walk through the new post can reach is loaded, with the post, into a database of its
own that is gone afterwards. The patterns and the judge are those of every other finding.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import cast

from govgraph.graph.embedded import scratch
from govgraph.graph.errors import BadInput
from govgraph.graph.log import connect, quoted_paths
from govgraph.graph.period import HIGH, Period, day
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from ..evidence import Row, with_evidence
from ..names import only
from . import packs as norm_packs
from .doubts import confirmed, declarations
from .findings import Found, find, finding_id, folders, known_patterns, together
from .judge import Lang
from .quotes import quote_norms
from .statements import policies

POST = "would-hold"
"""The id of the relation that is not there yet."""
MARK = "SeveralBodies"
"""The label of people with posts in several bodies (docs/queries.md): with the new post this is one of them."""
HOPS = 3
"""A pattern's walk has at most eight steps: through the new post all of it lies within three of one of its ends."""


@consistent
def would_arise(
    workspace: Workspace, person: str, role: str, organization: str, start: str | None = None, lang: Lang = "en"
) -> list[Row]:
    """The findings that there would be if a person held a post in a body from a day on (default: the workspace's day).

    `person` and `organization` are names, aliases, ids or keys of one actor each; `role` is a post as the vocabulary
    or a source writes it. Rows are those of `conflicts`, only of findings whose walk takes the new post, with `arises`:
    `new`, or `already` where the same people, bodies and compound are a finding by another post. The step of the new
    post has no claims. Verdicts are by the norms of that day, or of the newest day if that is later.

    Raises NotFound for names nobody bears, BadInput for one that several bear, for a body in which nobody can hold a
    post, or no day.
    """
    since = day(start) if start else workspace.day()
    known = known_patterns(workspace)
    v = vocabulary()
    with workspace.reader() as store, tempfile.TemporaryDirectory(prefix="govgraph-") as name:
        who, body = only(store, person), only(store, organization)
        kind = str(body["type"])
        if not v.allows("HOLDS_POST", str(who["type"]), kind):
            raise BadInput(
                f"{person} ({who['type']}) cannot hold a post in {organization} ({kind}); give a person and a body"
            )
        new: Row = {
            "id": POST,
            "role": v.canonical_role(role, kind) or role,
            "valid": f"{since}/..",
            "claims": [],
            "sources": [],
            **Period((since, HIGH), (since, HIGH)).bounds(),
        }
        around(workspace.compiled / str(store.known), Path(name), str(who["id"]), str(body["id"]), new)
        with scratch(workspace.settings, workspace.root / "engine", Path(name)) as beside:
            groups = [(p, terms) for p in known.values() for terms in together(find(beside, p, None, None), None)]
        through = [
            (pattern, terms, len(terms) < len(every))
            for pattern, every in groups
            if (terms := [term for term in every if any(step.id == POST for step in term.steps)])
        ]
        people = {node.id for _, terms, _ in through for node in terms[0].of("Person")}
        found = Found(
            [(pattern, terms) for pattern, terms, _ in through],
            None,
            max(workspace.day(), since),
            policies(store),
            declarations(store, people),
            confirmed(workspace, store, people),
        )
    rules = (*norm_packs.load_packs(folders(workspace), known), *found.policies)
    already = {finding_id(pattern.id, terms[0]) for pattern, terms, before in through if before}
    rows = [row | {"arises": "already" if row["id"] in already else "new"} for row in found.rows(rules, lang)]
    quote_norms(workspace, rules, (norm for row in rows for norm in cast("list[Row]", row["norms"])))
    return with_evidence(workspace, rows)


def around(tables: Path, out: Path, person: str, body: str, post: Row) -> None:
    """Write the nodes and relations near two actors, and a post of the one in the other, as compiled tables."""
    nodes, relations = (
        f"read_parquet({quoted_paths([tables / f'{name}.parquet'])})" for name in ("nodes", "relations")
    )
    written = {name: quoted_paths([out / f"{name}.parquet"])[1:-1] for name in ("nodes", "relations")}
    with connect() as con:
        con.execute("CREATE TABLE near AS SELECT unnest([$1, $2]) AS id", [person, body])
        con.execute(f"CREATE TABLE tie AS SELECT * FROM {relations} WHERE relation <> 'LOCATED_IN'")
        for _ in range(HOPS):
            con.execute(
                """INSERT INTO near SELECT id FROM (
                       SELECT "to" AS id FROM tie SEMI JOIN near ON near.id = tie."from"
                       UNION SELECT "from" FROM tie SEMI JOIN near ON near.id = tie."to")
                   WHERE id NOT IN (SELECT id FROM near)"""
            )
        con.execute(
            f"""COPY (SELECT * REPLACE (CASE WHEN id = $person THEN list_distinct(list_append(labels, $mark))
                                             ELSE labels END AS labels)
                      FROM {nodes} WHERE id IN (SELECT id FROM near)) TO {written["nodes"]} (FORMAT parquet)""",
            {"person": person, "mark": MARK},
        )
        con.execute(
            f"""COPY (SELECT id, "from", relation, "to", properties FROM tie
                      WHERE "from" IN (SELECT id FROM near) AND "to" IN (SELECT id FROM near)
                      UNION ALL SELECT $id, $person, 'HOLDS_POST', $body, $post)
                TO {written["relations"]} (FORMAT parquet)""",
            {"id": POST, "person": person, "body": body, "post": json.dumps(post, ensure_ascii=False)},
        )
