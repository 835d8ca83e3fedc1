// id: owned_firm_serves
// title: 任职者本人或其所在组织投资的物业公司服务其任职的小区 | Somebody, or a body he belongs to, owns the firm that serves the compound where he holds a post
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: one person with a post in a body of a compound, where he or a body in which he holds a post has invested in a firm that serves it.
// does not show: shares of relatives, or ownership through another company.
MATCH (o:Organization)-[b:BASED_IN|COVERS]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[i:INVESTS_IN]-(p:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
WITH o, b, k, s, f, i, p
MATCH (p)-[h:HOLDS_POST]->(o)
RETURN [n IN [p, f, k, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN [i, s, b, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
UNION ALL
MATCH (o:Organization)-[b:BASED_IN|COVERS]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)<-[i:INVESTS_IN]-(j:Organization)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (j)<-[w:HOLDS_POST]-(p:Person)
WITH o, b, k, s, f, i, j, w, p
MATCH (p)-[h:HOLDS_POST]->(o)
RETURN [n IN [p, j, f, k, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, i, s, b, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
