// id: paid_official
// title: 公职人员在机关外任职并由该组织支付报酬 | An official who is paid by a body in which he holds another post
// finds: one person with a post in an office of government or party and one in another body that pays him.
// does not show: pay that no source records; what is paid for.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(g:Organization)
WHERE (g:Government OR g:GovDepartment OR g:PartyDepartment) AND coalesce(w.role, '') <> '网格员'
WITH p, w, g
MATCH (p)-[h:HOLDS_POST]->(o:Organization)
WHERE g <> o
WITH p, w, g, h, o
MATCH (o)-[f:FUNDS]->(p)
WITH p, g, o, [w, w, h, f] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, g, p, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(o.place_names, [])) > 0 THEN o.place_names ELSE g.place_names END AS places,
       [g.places, g.place_names, o.places, o.place_names] AS within
