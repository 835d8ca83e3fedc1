"""The floor: DuckDB, without any graph, on the same rows. Nothing that joins them can be expected to be quicker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govgraph.graph.log import connect, quoted_paths

if TYPE_CHECKING:
    import duckdb

READ = """
CREATE OR REPLACE TABLE claim AS SELECT * FROM read_json({file}, format = 'newline_delimited', columns = {{
    kind: 'VARCHAR', key: 'VARCHAR', type: 'VARCHAR', name: 'VARCHAR', subject: 'VARCHAR', relation: 'VARCHAR',
    object: 'VARCHAR', valid: 'VARCHAR', attributes: 'STRUCT(role VARCHAR, form VARCHAR, subtype VARCHAR)',
    evidence: 'STRUCT(quote VARCHAR)'}});
CREATE OR REPLACE TABLE node AS
    SELECT key, type, name, attributes.form AS form, evidence.quote AS quote FROM claim WHERE kind = 'entity';
CREATE OR REPLACE TABLE tie AS
    SELECT subject AS a, relation, object AS b, attributes.role AS role,
           split_part(coalesce(valid, '/'), '/', 1) AS since,
           nullif(nullif(split_part(coalesce(valid, '/'), '/', 2), '..'), '') AS until, evidence.quote AS quote
    FROM claim WHERE kind = 'relation'
"""
_COVERING = """
WITH r AS (SELECT t.a, t.b, t.quote FROM tie t JOIN node n ON n.key = t.a AND n.type = '{type}'
           WHERE t.relation IN ({relations}) AND t.since <= $day AND (t.until IS NULL OR $day < t.until))
SELECT k.key, k.name, list({{name: b.name, form: b.form, quote: r.quote}})
FROM node k LEFT JOIN r ON r.b = k.key LEFT JOIN node b ON b.key = r.a WHERE k.type = 'Compound' GROUP BY ALL
"""
_SEATS = """
WITH now AS (SELECT * FROM tie WHERE since <= $day AND (until IS NULL OR $day < until)),
     post AS (SELECT now.*, n.type FROM now JOIN node n ON n.key = now.b WHERE relation = 'HOLDS_POST'),
     seat AS (SELECT now.*, n.type FROM now JOIN node n ON n.key = now.a WHERE relation IN ('BASED_IN', 'COVERS')),
     serves AS (SELECT * FROM now WHERE relation = 'SERVES')
SELECT w.a, w.b, w.role, w.quote, h.b, h.role, h.quote, seat.b
"""
COVERAGE = {
    "branch": _COVERING.format(type="PartyOrg", relations="'BASED_IN', 'COVERS'"),
    "committee": _COVERING.format(type="OwnersCommittee", relations="'BASED_IN'"),
    "firm": _COVERING.format(type="PropertyFirm", relations="'SERVES'"),
    "station": _COVERING.format(type="ServiceStation", relations="'BASED_IN'"),
}
CONFLICTS = {
    "firm_and_committee": f"""{_SEATS} FROM serves JOIN seat ON seat.b = serves.b AND seat.type = 'OwnersCommittee'
        JOIN post w ON w.b = serves.a JOIN post h ON h.b = seat.a AND h.a = w.a""",
    "firm_and_branch": f"""{_SEATS} FROM serves JOIN seat ON seat.b = serves.b AND seat.type = 'PartyOrg'
        JOIN post w ON w.b = serves.a JOIN post h ON h.b = seat.a AND h.a = w.a
        WHERE h.role IN ('支部书记', '副书记', '支部委员')""",
    "secretary_chairs_committee": f"""{_SEATS} FROM seat JOIN seat s ON s.b = seat.b AND s.type = 'PartyOrg'
        JOIN post h ON h.b = seat.a AND h.role = '业委会主任' JOIN post w ON w.b = s.a AND w.a = h.a
        WHERE seat.type = 'OwnersCommittee' AND w.role IN ('支部书记', '党总支书记')""",
    "kin_in_firm": f"""{_SEATS} FROM serves JOIN seat ON seat.b = serves.b AND seat.type = 'OwnersCommittee'
        JOIN post w ON w.b = serves.a JOIN post h ON h.b = seat.a
        JOIN tie k ON k.relation = 'FAMILY_OF' AND ((k.a = w.a AND k.b = h.a) OR (k.b = w.a AND k.a = h.a))""",
}
ROLES = """SELECT p.name, o.name, t.role, t.since, t.until, t.quote FROM node p JOIN tie t ON t.a = p.key
JOIN node o ON o.key = t.b WHERE p.name = $name AND t.relation = 'HOLDS_POST'"""


class Floor:
    """The rows in DuckDB, in memory."""

    def __init__(self) -> None:
        self._con: duckdb.DuckDBPyConnection = connect()

    def load(self, claims: Path) -> None:
        self._con.execute(READ.format(file=quoted_paths([claims])))

    def read(self, sql: str, **parameters: object) -> list[tuple[object, ...]]:
        return self._con.execute(sql, parameters).fetchall()

    def close(self) -> None:
        self._con.close()
