// id: preparatory_group_and_firm
// title: 服务本小区的物业公司任职者或其亲属为业委会筹备组成员 | A post in the firm that serves the compound, and a seat in its preparatory group, of one person or of relatives
// finds: a holder of any post in the preparatory group of a compound who holds, or whose relative holds, any post in a firm that serves it.
// does not show: people of the developer; kinship that nobody declared.
MATCH (p:SeveralBodies)-[h:HOLDS_POST]->(g:PreparatoryGroup)
WITH p, h, g
MATCH (p)-[w:HOLDS_POST]->(f:PropertyFirm)
WITH p, h, g, w, f
MATCH (g)-[b:BASED_IN]->(k:Compound)
WITH p, h, g, w, f, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, f, k, g, [w, s, b, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, f, k, g, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
UNION ALL
MATCH (p:Relative)-[h:HOLDS_POST]->(g:PreparatoryGroup)
WITH p, h, g
MATCH (p)-[a:FAMILY_OF]-(q:Person)
WITH p, h, g, a, q
MATCH (q)-[w:HOLDS_POST]->(f:PropertyFirm)
WITH p, h, g, a, q, w, f
MATCH (g)-[b:BASED_IN]->(k:Compound)
WITH p, h, g, a, q, w, f, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, g, k, f, q, [h, b, s, w, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, g, k, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
