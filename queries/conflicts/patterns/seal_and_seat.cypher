// id: seal_and_seat
// title: 在审议业委会事项、掌管其公章的组织任职者同时任该业委会成员 | On the committee whose seal one's own organisation keeps, or whose matters it reviews
// parameter places: ids or names of a place, optional; the committee lies in it
// finds: one person with a post in an owners' committee and in the organisation that keeps its seal or reviews a matter which it deliberated or decided.
// does not show: reviews that are laid down in a rule alone, without a recorded matter.
MATCH (c:OwnersCommittee)<-[s:HOLDS_SEAL_OF]-(o:Organization)
WHERE $places IS NULL OR any(at IN $places WHERE at IN c.places OR at IN c.place_names)
MATCH (c)<-[h:HOLDS_POST]-(p:Person)
WITH c, s, o, h, p
MATCH (p)-[w:HOLDS_POST]->(o)
RETURN [n IN [p, o, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, s, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places
UNION ALL
MATCH (c:OwnersCommittee)-[d:DELIBERATES|DECIDED]->(m:MajorMatter)<-[s:REVIEWS]-(o:Organization)
WHERE $places IS NULL OR any(at IN $places WHERE at IN c.places OR at IN c.place_names)
MATCH (c)<-[h:HOLDS_POST]-(p:Person)
WITH c, d, m, s, o, h, p
MATCH (p)-[w:HOLDS_POST]->(o)
RETURN [n IN [p, o, m, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, s, d, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places
