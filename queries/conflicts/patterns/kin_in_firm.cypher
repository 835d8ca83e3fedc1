// id: kin_in_firm
// title: 业委会成员的亲属在服务本小区的物业公司任职 | A relative of a committee member holds a post in the firm that serves the compound
// finds: two relatives, one with any post in the owners' committee of a compound, one with any post in a firm that serves it.
// does not show: kinship that nobody declared; shares in the firm.
MATCH (q:Relative)-[w:HOLDS_POST]->(f:PropertyFirm)
WITH q, w, f
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH q, w, f, a, p
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH q, w, f, a, p, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH q, w, f, a, p, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, c, k, f, q, [h, b, s, w, a] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, c, k, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
