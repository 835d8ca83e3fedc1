// id: preparatory_group_and_firm
// title: 服务本小区的物业公司任职者或其亲属为业委会筹备组成员 | A post in the firm that serves the compound, and a seat in its preparatory group, of one person or of relatives
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: a holder of any post in the preparatory group of a compound who holds, or whose relative holds, any post in a firm that serves it.
// does not show: people of the developer; kinship that nobody declared.
MATCH (g:PreparatoryGroup)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (g)<-[h:HOLDS_POST]-(p:Person)
WITH g, b, k, s, f, h, p
MATCH (p)-[w:HOLDS_POST]->(f)
RETURN [n IN [p, f, k, g, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, s, b, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
UNION ALL
MATCH (g:PreparatoryGroup)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (g)<-[h:HOLDS_POST]-(p:Person)-[a:FAMILY_OF]-(q:Person)
WITH g, b, k, s, f, h, p, a, q
MATCH (q)-[w:HOLDS_POST]->(f)
RETURN [n IN [p, g, k, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, w, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
