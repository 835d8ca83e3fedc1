// id: Q28
// title: 哪些居民小组仍只有股份合作公司党支部 | Residents' groups that still have a branch of the company only
// for: researcher
// parameter sub_district: place, the group lies or is based in it, e.g. 坂田街道
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column residents_group: the residents' group, id and name
// column company: the joint-stock cooperative company, id and name
// column company_branch: its branch, id and name
// column holds: yes or possibly; yes only where a complete register of party organisations lists no branch of the group and the company's is surely there
// column claims: ids of the claims about the group, the company, its branch and the register
// means: a company based on the group has a branch (based on the company, or of the kind 股份合作公司党支部 on the group), and no other branch is surely based on the group on that day.
// does not mean: with possibly, that the group has no branch of its own.
OPTIONAL MATCH (z:Register)
WHERE z.of IN ['PartyOrg', 'Organization', 'Actor', 'Entity'] AND coalesce(z.from, '') <= $as_of AND $as_of < coalesce(z.to, '~')
WITH collect({place: coalesce(z.place_id, z.place), claims: z.claims}) AS registers
MATCH (j:JointStockCompany)-[s:BASED_IN]->(g:ResidentsGroup)
WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH registers, j, s, g, reduce(all = coalesce(g.places, []), ids IN [(g)-[:BASED_IN]->(at:Place) | coalesce(at.places, [])] | all + ids) AS places
WHERE any(d IN $sub_district WHERE d IN places OR d IN g.place_names)
WITH j, s, g, [z IN registers WHERE z.place IN places + g.place_names] AS registers
MATCH (b:PartyOrg)-[t:BASED_IN]->(x)
WHERE (x.id = j.id OR (x.id = g.id AND b.subtype = '股份合作公司党支部')) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
WITH registers, j, s, g, b, t
OPTIONAL MATCH (own:PartyOrg)-[r:BASED_IN]->(g)
WHERE coalesce(own.subtype, '') <> '股份合作公司党支部' AND coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH registers, j, s, g, b, t, collect(r.claims) AS found, collect(r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')) AS sure
WHERE NOT any(y IN sure WHERE y)
WITH j, s, g, b, t, found, [z IN registers WHERE size(found) = 0 | z.claims] AS closed
RETURN g {.id, .name} AS residents_group, j {.id, .name} AS company, b {.id, .name} AS company_branch,
       CASE WHEN size(closed) > 0 AND (t.sure AND coalesce(t.sure_from, '') <= $as_of AND $as_of < coalesce(t.sure_to, '~')) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = g.claims + s.claims + t.claims, ids IN found + closed | all + ids) AS claims
ORDER BY g.name, g.id, j.id, b.id, t.id
