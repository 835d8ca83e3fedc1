// id: financial_ties
// title: 业委会成员或其亲属在服务本小区的物业公司有投资 | A member of the owners' committee, or a relative, holds a share in the firm that serves the compound
// finds: a holder of any post in the owners' committee of a compound who has, or whose relative has, invested in a firm that serves it, directly or through one other company.
// does not show: deals, gifts and other favours; the size of a share; longer chains of companies; kinship that nobody declared.
MATCH (p:Investor)-[i:INVESTS_IN]->(f:PropertyFirm)
WHERE p:Person
WITH p, i, f
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, i, f, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH p, i, f, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, c, k, f, [h, b, s, i] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, k, f, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
UNION ALL
MATCH (p:Investor)-[o:INVESTS_IN|OWNS_SHARE_IN]->(j:Organization)
WHERE p:Person
WITH p, o, j
MATCH (j)-[i:INVESTS_IN]->(f:PropertyFirm)
WITH p, o, j, i, f
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, o, j, i, f, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH p, o, j, i, f, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, c, k, f, j, [h, b, s, i, o] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, k, f, j, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
UNION ALL
MATCH (q:Investor)-[i:INVESTS_IN]->(f:PropertyFirm)
WHERE q:Person
WITH q, i, f
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH q, i, f, a, p
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH q, i, f, a, p, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH q, i, f, a, p, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, c, k, f, q, [h, b, s, i, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, k, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
UNION ALL
MATCH (q:Investor)-[o:INVESTS_IN|OWNS_SHARE_IN]->(j:Organization)
WHERE q:Person
WITH q, o, j
MATCH (j)-[i:INVESTS_IN]->(f:PropertyFirm)
WITH q, o, j, i, f
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH q, o, j, i, f, a, p
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH q, o, j, i, f, a, p, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH q, o, j, i, f, a, p, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, c, k, f, j, q, [h, b, s, i, o, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, k, f, j, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
