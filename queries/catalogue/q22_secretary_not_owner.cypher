// id: Q22, R39
// title: 某街道哪些花园小区的党组织书记未见有本小区业主身份 | Secretaries of garden compounds who are not known to own a home there
// for: organisation department
// parameter sub_district: place, the compound lies in it, e.g. 坂田街道
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column person: the secretary, id and name
// column branch: the party organisation, id and name
// column compound: the garden compound, id and name
// column holds: always possibly, as no register lists owners
// column because: none_recorded, or uncertain where ownership holds possibly
// column claims: ids of the claims about the post, the seat, the compound and the uncertain title
// means: the person heads a branch in a compound of the category 花园小区 on that day, surely or possibly, and surely owns no home there as far as sources say.
// does not mean: that he or she is no owner; titles are rarely written down.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE c.category = '花园小区' AND any(d IN $sub_district WHERE d IN c.places OR d IN c.place_names) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
MATCH (b)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role IN ['支部书记', '党总支书记', '党委书记'] AND coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
WITH b, c, p, collect(t.claims + h.claims) AS posts
OPTIONAL MATCH (p)-[w:OWNS_HOME_IN]->(c)
WHERE coalesce(w.possible_from, '') <= $as_of AND $as_of < coalesce(w.possible_to, '~')
WITH b, c, p, posts, collect(w.claims) AS found, collect(w.sure AND coalesce(w.sure_from, '') <= $as_of AND $as_of < coalesce(w.sure_to, '~')) AS sure
WHERE NOT any(s IN sure WHERE s)
RETURN p {.id, .name} AS person, b {.id, .name} AS branch, c {.id, .name} AS compound, 'possibly' AS holds,
       CASE WHEN size(found) > 0 THEN 'uncertain' ELSE 'none_recorded' END AS because,
       reduce(all = c.claims, ids IN posts + found | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id, p.name, p.id
