// id: auditor_tied
// title: 监事会成员在被监督的业委会任职，或其亲属在其中任职 | A member of the supervisory board, or a relative, sits on the committee it audits
// finds: a holder of a post in a supervisory board who holds one in the owners' committee of the same compound, or in a body that the board audits or supervises, or whose relative does.
// does not show: ties to the firm, or kinship that nobody declared.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(b:OwnersSupervisoryBoard)
WITH p, w, b
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, w, b, h, c
MATCH (b)-[x:BASED_IN]->(k:Compound)
WITH p, w, b, h, c, x, k
MATCH (k)<-[y:BASED_IN]-(c)
WITH p, b, k, c, [w, x, y, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, b, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places,
       [b.places, b.place_names] AS within
UNION ALL
MATCH (p:Relative)-[w:HOLDS_POST]->(b:OwnersSupervisoryBoard)
WITH p, w, b
MATCH (p)-[a:FAMILY_OF]-(q:Person)
WITH p, w, b, a, q
MATCH (q)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, w, b, a, q, h, c
MATCH (b)-[x:BASED_IN]->(k:Compound)
WITH p, w, b, a, q, h, c, x, k
MATCH (k)<-[y:BASED_IN]-(c)
WITH p, b, k, c, q, [w, x, y, h, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, b, k, c, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places,
       [b.places, b.place_names] AS within
UNION ALL
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(b:Organization)
WHERE (b:OwnersSupervisoryBoard OR b:VillageSupervisoryCommittee)
WITH p, w, b
MATCH (p)-[h:HOLDS_POST]->(c:Organization)
WITH p, w, b, h, c
MATCH (b)-[s:AUDITS|SUPERVISES]->(c)
WHERE NOT (b)-[:BASED_IN]->(:Compound)<-[:BASED_IN]-(c)
WITH p, b, c, [w, s, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, b, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places,
       [b.places, b.place_names] AS within
UNION ALL
MATCH (p:Relative)-[w:HOLDS_POST]->(b:Organization)
WHERE (b:OwnersSupervisoryBoard OR b:VillageSupervisoryCommittee)
WITH p, w, b
MATCH (p)-[a:FAMILY_OF]-(q:Person)
WITH p, w, b, a, q
MATCH (q)-[h:HOLDS_POST]->(c:Organization)
WITH p, w, b, a, q, h, c
MATCH (b)-[s:AUDITS|SUPERVISES]->(c)
WHERE NOT (b)-[:BASED_IN]->(:Compound)<-[:BASED_IN]-(c)
WITH p, b, c, q, [w, s, h, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, b, c, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places,
       [b.places, b.place_names] AS within
