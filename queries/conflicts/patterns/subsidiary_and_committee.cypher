// id: subsidiary_and_committee
// title: 在服务本小区物业公司的下属单位任职者或其亲属为业委会成员 | A post in a subsidiary of the firm that serves the compound, and a seat on the owners' committee, of one person or of relatives
// finds: a holder of any post in the owners' committee of a compound who holds, or whose relative holds, any post in a subsidiary of a firm that serves it.
// does not show: a subsidiary of a subsidiary; kinship that nobody declared; whether the law of the place reaches subsidiaries, which the verdict tells.
MATCH (p:SeveralBodies)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, h, c
MATCH (p)-[w:HOLDS_POST]->(d:Organization)
WITH p, h, c, w, d
MATCH (d)-[u:SUBSIDIARY_OF]->(f:PropertyFirm)
WITH p, h, c, w, d, u, f
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH p, h, c, w, d, u, f, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, d, f, k, c, [w, u, s, b, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, d, f, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
UNION ALL
MATCH (q:Relative)-[w:HOLDS_POST]->(d:Organization)
WITH q, w, d
MATCH (d)-[u:SUBSIDIARY_OF]->(f:PropertyFirm)
WITH q, w, d, u, f
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH q, w, d, u, f, a, p
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH q, w, d, u, f, a, p, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH q, w, d, u, f, a, p, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, c, k, f, d, q, [h, b, s, u, w, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, k, f, d, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
