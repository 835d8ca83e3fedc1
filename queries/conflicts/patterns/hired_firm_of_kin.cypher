// id: hired_firm_of_kin
// title: 组织的决定使其成员或成员亲属投资的企业受益 | A decision of a body benefits a firm in which one of its members, or a relative, has a share
// finds: the holder of any post in a body that proposed, deliberated, reviewed or decided a major matter which benefits a firm, where he or a relative has invested in that firm.
// does not show: whether he took part in the decision; shares through another company; kinship that nobody declared.
MATCH (p:Investor)-[i:INVESTS_IN]->(f:Organization)
WHERE p:Person
WITH p, i, f
MATCH (f)<-[b:BENEFITS]-(m:MajorMatter)
WITH p, i, f, b, m
MATCH (m)<-[d:PROPOSES|DELIBERATES|REVIEWS|RESOLVES|DECIDED]-(c:Organization)
WITH p, i, f, b, m, d, c
MATCH (p)-[h:HOLDS_POST]->(c)
WITH p, c, m, f, [h, d, b, i] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, m, f, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places,
       [c.places, c.place_names] AS within
UNION ALL
MATCH (q:Investor)-[i:INVESTS_IN]->(f:Organization)
WHERE q:Person
WITH q, i, f
MATCH (f)<-[b:BENEFITS]-(m:MajorMatter)
WITH q, i, f, b, m
MATCH (m)<-[d:PROPOSES|DELIBERATES|REVIEWS|RESOLVES|DECIDED]-(c:Organization)
WITH q, i, f, b, m, d, c
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH q, i, f, b, m, d, c, a, p
MATCH (p)-[h:HOLDS_POST]->(c)
WITH p, c, m, f, q, [h, d, b, i, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, m, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places,
       [c.places, c.place_names] AS within
