// id: stand_in_chair
// title: 物业管理委员会主任同时在其他组织任职 | The chair of the body that stands in for an owners' committee holds a post in another body
// finds: one person who chairs a property management committee and holds any post in another body; a norm may prescribe it.
// does not show: which body sent the chair, where he holds posts in several.
MATCH (p:SeveralBodies)-[h:HOLDS_POST]->(m:PropertyManagementCommittee)
WHERE h.role IN $stand_in_heads
WITH p, h, m
MATCH (p)-[w:HOLDS_POST]->(o:Organization)
WHERE o <> m
WITH p, o, m, [w, w, h, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, o, p, m, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       m.place_names AS places,
       [m.places, m.place_names] AS within
