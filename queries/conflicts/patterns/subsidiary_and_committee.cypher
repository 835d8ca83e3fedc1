// id: subsidiary_and_committee
// title: 在服务本小区物业公司的下属单位任职者或其亲属为业委会成员 | A post in a subsidiary of the firm that serves the compound, and a seat on the owners' committee, of one person or of relatives
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: a holder of any post in the owners' committee of a compound who holds, or whose relative holds, any post in a subsidiary of a firm that serves it.
// does not show: a subsidiary of a subsidiary; kinship that nobody declared; whether the law of the place reaches subsidiaries, which the verdict tells.
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[u:SUBSIDIARY_OF]-(d:Organization)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (c)<-[h:HOLDS_POST]-(p:Person)
WITH c, b, k, s, f, u, d, h, p
MATCH (p)-[w:HOLDS_POST]->(d)
RETURN [n IN [p, d, f, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, u, s, b, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
UNION ALL
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[u:SUBSIDIARY_OF]-(d:Organization)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (d)<-[w:HOLDS_POST]-(q:Person)-[a:FAMILY_OF]-(p:Person)
WITH c, b, k, s, f, u, d, w, q, a, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, k, f, d, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, u, w, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
