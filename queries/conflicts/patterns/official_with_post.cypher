// id: official_with_post
// title: 公职人员同时在企业、业委会等机关外组织任职 | An official with a post in a firm, an association or an owners' committee
// finds: one person with a post in an office of government or party and one in a property firm, an enterprise, a village company or collective, an association of the trade, an owners' committee or its supervisory board.
// does not show: whether the post is paid, or was approved; grid officers, who are no officials; people whose office is not recorded.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(g:Organization)
WHERE (g:Government OR g:GovDepartment OR g:PartyDepartment) AND coalesce(w.role, '') <> '网格员'
WITH p, w, g
MATCH (p)-[h:HOLDS_POST]->(o:Organization)
WHERE (o:PropertyFirm OR o:Enterprise OR o:JointStockCompany OR o:RuralCollective OR o:IndustryAssociation OR o:OwnersCommittee OR o:OwnersSupervisoryBoard)
WITH p, g, o, [w, w, h, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, g, p, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(o.place_names, [])) > 0 THEN o.place_names ELSE g.place_names END AS places,
       [g.places, g.place_names, o.places, o.place_names] AS within
