// id: hired_firm_of_kin
// title: 组织的决定使其成员或成员亲属投资的企业受益 | A decision of a body benefits a firm in which one of its members, or a relative, has a share
// parameter places: ids or names of a place, optional; the body that decides lies in it
// finds: the holder of any post in a body that proposed, deliberated, reviewed or decided a major matter which benefits a firm, where he or a relative has invested in that firm.
// does not show: whether he took part in the decision; shares through another company; kinship that nobody declared.
MATCH (c:Organization)-[d:PROPOSES|DELIBERATES|REVIEWS|RESOLVES|DECIDED]->(m:MajorMatter)-[b:BENEFITS]->(f:Organization)<-[i:INVESTS_IN]-(p:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN c.places OR at IN c.place_names)
WITH c, d, m, b, f, i, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, m, f, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, d, b, i] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places
UNION ALL
MATCH (c:Organization)-[d:PROPOSES|DELIBERATES|REVIEWS|RESOLVES|DECIDED]->(m:MajorMatter)-[b:BENEFITS]->(f:Organization)<-[i:INVESTS_IN]-(q:Person)
WHERE $places IS NULL OR any(at IN $places WHERE at IN c.places OR at IN c.place_names)
MATCH (q)-[a:FAMILY_OF]-(p:Person)
WITH c, d, m, b, f, i, q, a, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, c, m, f, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, d, b, i, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places
