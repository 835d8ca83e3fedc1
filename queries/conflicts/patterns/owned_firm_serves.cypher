// id: owned_firm_serves
// title: 任职者本人或其所在组织投资的物业公司服务其任职的小区 | Somebody, or a body he belongs to, owns the firm that serves the compound where he holds a post
// finds: one person with a post in a body of a compound, where he or a body in which he holds a post has invested in a firm that serves it.
// does not show: shares of relatives, or ownership through another company.
MATCH (p:Investor)-[i:INVESTS_IN]->(f:PropertyFirm)
WHERE p:Person
WITH p, i, f
MATCH (p)-[h:HOLDS_POST]->(o:Organization)
WITH p, i, f, h, o
MATCH (o)-[b:BASED_IN|COVERS]->(k:Compound)
WITH p, i, f, h, o, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, f, k, o, [i, s, b, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, f, k, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
UNION ALL
MATCH (j:Investor)-[i:INVESTS_IN]->(f:PropertyFirm)
WHERE j:Organization
WITH j, i, f
MATCH (j)<-[w:HOLDS_POST]-(p:Person)
WITH j, i, f, w, p
MATCH (p)-[h:HOLDS_POST]->(o:Organization)
WITH j, i, f, w, p, h, o
MATCH (o)-[b:BASED_IN|COVERS]->(k:Compound)
WITH j, i, f, w, p, h, o, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, j, f, k, o, [w, i, s, b, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, j, f, k, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
