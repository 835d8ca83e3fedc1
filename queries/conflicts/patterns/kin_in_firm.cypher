// id: kin_in_firm
// title: 业委会成员的亲属在服务本小区的物业公司任职 | A relative of a committee member holds a post in the firm that serves the compound
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: two relatives, one with any post in the owners' committee of a compound, one with any post in a firm that serves it.
// does not show: kinship that nobody declared; shares in the firm.
MATCH (p:Person)-[a:FAMILY_OF]-(q:Person)
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
WITH p, a, q, h, c, b, k, s, f
MATCH (q)-[w:HOLDS_POST]->(f)
RETURN [n IN [p, c, k, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, w, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
