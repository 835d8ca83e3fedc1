// id: supervisor_in_supervised
// title: 同一人在监督、指导或领导方与被监督方都任职 | Posts in a body and in one that it supervises, guides or leads
// finds: one person with posts in two bodies, of which the first supervises, guides or leads the second in one to three steps.
// does not show: whether the supervision is exercised; bodies that supervise by law alone, without a recorded relation.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(a:Organization)
WITH p, w, a
MATCH (p)-[h:HOLDS_POST]->(z:Organization)
WHERE a <> z
WITH p, w, a, h, z
MATCH t = (a)-[:SUPERVISES|GUIDES|LEADS*1..3]->(z)
WHERE all(n IN nodes(t) WHERE n:Organization)
WITH p, t, z, [w] + relationships(t) + [h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
OPTIONAL MATCH (z)-[:BASED_IN|COVERS]->(k:Compound)
WITH p, t, z, way, k ORDER BY k.id
WITH p, t, z, way, collect(k) AS seats
RETURN [n IN [p] + nodes(t) + [p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(z.place_names, [])) > 0 THEN z.place_names ELSE head(seats).place_names END AS places,
       [n IN nodes(t) + seats | [n.places, n.place_names]] AS within
