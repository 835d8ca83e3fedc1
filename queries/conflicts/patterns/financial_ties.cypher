// id: financial_ties
// title: 业委会成员或其亲属在服务本小区的物业公司有投资 | A member of the owners' committee, or a relative, holds a share in the firm that serves the compound
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: a holder of any post in the owners' committee of a compound who has, or whose relative has, invested in a firm that serves it, directly or through one other company.
// does not show: deals, gifts and other favours; the size of a share; longer chains of companies; kinship that nobody declared.
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[i:INVESTS_IN]-(p:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
WITH c, b, k, s, f, i, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, k, f, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, i] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
UNION ALL
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[i:INVESTS_IN]-(j:Organization)<-[o:INVESTS_IN|OWNS_SHARE_IN]-(p:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
WITH c, b, k, s, f, i, j, o, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, k, f, j, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, i, o] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
UNION ALL
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[i:INVESTS_IN]-(q:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH c, b, k, s, f, i, q, a, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, k, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, i, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
UNION ALL
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[i:INVESTS_IN]-(j:Organization)<-[o:INVESTS_IN|OWNS_SHARE_IN]-(q:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH c, b, k, s, f, i, j, o, q, a, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, k, f, j, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, b, s, i, o, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
