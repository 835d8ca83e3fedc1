// id: seal_and_seat
// title: 在审议业委会事项、掌管其公章的组织任职者同时任该业委会成员 | On the committee whose seal one's own organisation keeps, or whose matters it reviews
// finds: one person with a post in an owners' committee and in the organisation that keeps its seal or reviews a matter which it deliberated or decided.
// does not show: reviews that are laid down in a rule alone, without a recorded matter.
MATCH (p:SeveralBodies)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, h, c
MATCH (c)<-[s:HOLDS_SEAL_OF]-(o:Organization)
WITH p, h, c, s, o
MATCH (p)-[w:HOLDS_POST]->(o)
WITH p, o, c, [w, s, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, o, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places,
       [c.places, c.place_names] AS within
UNION ALL
MATCH (m:MajorMatter)
WITH m
MATCH (m)<-[d:DELIBERATES|DECIDED]-(c:OwnersCommittee)
WITH m, d, c
MATCH (m)<-[s:REVIEWS]-(o:Organization)
WITH m, d, c, s, o
MATCH (c)<-[h:HOLDS_POST]-(p:Person)
WITH m, d, c, s, o, h, p
MATCH (p)-[w:HOLDS_POST]->(o)
WITH p, o, m, c, [w, s, d, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, o, m, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places,
       [c.places, c.place_names] AS within
