// id: residents_and_owners_committee
// title: 居（村）委会成员同时任业委会成员 | A member of the residents' or village committee on an owners' committee
// finds: one person with a post in a residents' or village committee and any post in an owners' committee.
// does not show: whether the one supervises the other, or whether the person owns a home there; workers, grid officers and building heads, who are no members.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(v:ResidentsCommittee)
WHERE NOT coalesce(w.role, '') IN ['居委会工作人员', '网格员', '楼栋长', '居民代表', '驻社区律师']
WITH p, w, v
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, v, c, [w, w, h, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, v, p, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places,
       [c.places, c.place_names] AS within
UNION ALL
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(v:VillageCommittee)
WHERE NOT coalesce(w.role, '') IN ['居委会工作人员', '网格员', '楼栋长', '居民代表', '驻社区律师']
WITH p, w, v
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, v, c, [w, w, h, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, v, p, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       c.place_names AS places,
       [c.places, c.place_names] AS within
