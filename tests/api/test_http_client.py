"""A client that a program generates from `/openapi.json` works as it comes, against a running service.

The generator is installed into a folder of its own: it asks for versions of packages that this project does not use.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engines import CACHE
from serving import served

GENERATOR = "openapi-python-client==0.29.1"
USED = """
import sys
sys.path.insert(0, sys.argv[2])
from made import Client
from made.api.actors import actor, find, roles_of
from made.api.answers import batch_of_roles, graph, list_changes, list_conflicts, list_coverage, list_paths, list_roles
from made.api.operation import readyz
from made.api.questions import ask, cypher, list_queries
from made.api.reconciliation import manifest, reconcile
from made.api.sources import list_sources, one_claim
from made.models import AskParameters, Batch, Of, Problem, ReconcileBody, Statement

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
assert readyz.sync(client=client).status == "ready"

hits = find.sync(client=client, q="\u6797\u671b\u8212")
person = hits.items[0]
assert person.match.reason == "name" and hits.total == 1
assert actor.sync(person.id, client=client).name == person.name
posts = roles_of.sync(person.id, client=client)
assert posts.items[0].post.role and posts.items[0].organization.type_
assert list_roles.sync(client=client, person=person.name).items[0].sure is not None

first = list_coverage.sync(client=client, of=Of.COMMITTEE, limit=2)
second = list_coverage.sync(client=client, of=Of.COMMITTEE, limit=2, cursor=first.next_)
assert first.items[0].compound.id != second.items[0].compound.id and first.version == second.version
assert any(norm.summary for row in list_conflicts.sync(client=client).items for norm in row.norms)
began = list_changes.sync(client=client, from_="2024-01-01", to="2025-12-31").items
assert began[0].from_.name and began[0].to.name
body = posts.items[0].organization.name
assert list_paths.sync(client=client, from_=person.name, to=body).items[0].path[0].relation == "HOLDS_POST"
assert graph.sync(client=client, centre=body).links[0].from_
many = batch_of_roles.sync(client=client, body=Batch(names=[person.name, "nobody"]))
assert len(many.items[0].roles) == posts.total and many.items[1].unknown

assert list_queries.sync(client=client).items[0].cypher
asked = AskParameters.from_dict({"person": person.name})
assert ask.sync("Q05", client=client, parameters=asked).items[0]["role"]
one = cypher.sync(client=client, body=Statement(query="RETURN 1 AS x"))
assert one.items[0]["x"] == 1
claim = one_claim.sync(posts.items[0].claims[0], client=client)
assert claim.kind == "relation" and list_sources.sync(client=client).items[0].status == "live"
assert manifest.sync(client=client)["versions"] == ["0.2"]
batch = ReconcileBody(queries='{"q": {"query": "%s"}}' % person.name)
assert reconcile.sync(client=client, body=batch)["q"]["result"][0]["match"]

problem = actor.sync("nobody", client=client)
assert isinstance(problem, Problem) and problem.status == 404 and problem.remedy
print("used")
"""


@pytest.fixture(scope="module")
def generator() -> Path:
    """The folder with the programs of the generator. Where it cannot be had the test is skipped, under CI it fails."""
    home = CACHE / GENERATOR.replace("==", "-")
    try:
        if not (home / "made").exists():
            subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
            subprocess.run([home / "bin/pip", "install", "--quiet", GENERATOR], check=True, capture_output=True)
            (home / "made").touch()
    except (OSError, subprocess.CalledProcessError) as error:
        told = f"{GENERATOR} cannot be installed: {getattr(error, 'stderr', error)!r}"
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)
    return home / "bin"


def test_a_generated_client_is_used_as_it_comes(demo: Any, generator: Path, tmp_path: Path) -> None:
    with served(demo) as (ask, _):
        description = tmp_path / "openapi.json"
        description.write_text(ask.text("/openapi.json"), "utf-8")
        made: list[str | Path] = [generator / "openapi-python-client", "generate", "--path", description]
        made += ["--output-path", tmp_path / "made", "--meta", "none", "--fail-on-warning"]
        path = f"{generator}{os.pathsep}{os.environ['PATH']}"  # it tidies up with ruff, which came with it
        done = subprocess.run(made, capture_output=True, text=True, env=os.environ | {"PATH": path})
        assert done.returncode == 0, done.stdout + done.stderr
        script = tmp_path / "use.py"
        script.write_text(USED, "utf-8")
        used = subprocess.run([generator / "python", script, ask.url, tmp_path], capture_output=True, text=True)
        assert used.stdout == "used\n", used.stderr
