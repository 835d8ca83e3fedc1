// id: Q08
// title: 某地哪些小区党组织书记由街道或社区选派（含第一书记） | Secretaries of compound branches sent by a sub-district or community, first secretaries included
// for: organisation department
// parameter district: place, the compound lies in it, e.g. 龙岗区
// parameter as_of: date, optional; without it every term is listed
// column person: the secretary, id and name
// column role: 支部书记, 党总支书记, 党委书记 or 第一书记
// column branch: the party organisation, id and name
// column compound: the compound that it is based in or covers, id and name
// column sent_by: the sub-district, community or body of one that sent the person, with id, name and type; null where no source says who
// column valid: the term in the words of the claims
// column holds: yes or possibly on that day (without a day, on any); possibly as well where the source says that the person was sent, and not by whom
// column claims: ids of the claims behind the post, the seat and the sending
// means: the person heads, or as first secretary stands by, a branch of the compound, and was sent there from a sub-district or a community. Senders are a place of that level, its party or residents' committee, or its office (街道办事处).
// does not mean: that others were elected; where no source speaks of sending, there is no row. Secretaries whom a district or city sent are left out.
MATCH (b:PartyOrg)-[seat:BASED_IN|COVERS*1..2]->(c:Compound)
WHERE all(s IN seat[..-1] WHERE endNode(s).type = 'OwnersCommittee') AND any(d IN $district WHERE d IN c.places OR d IN c.place_names)
MATCH (b)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role IN ['支部书记', '党总支书记', '党委书记', '第一书记']
OPTIONAL MATCH (a:Actor)-[x:DISPATCHES]->(p)
WHERE coalesce(x.role, h.role) = h.role
WITH b, c, h, p, a, x, [h] + [s IN seat WHERE s.valid IS NOT NULL] AS terms, reduce(all = h.claims, s IN seat | all + s.claims) + coalesce(x.claims, []) AS found
WHERE CASE WHEN a IS NULL THEN coalesce(h.manner, '') = 'dispatched'
           ELSE a.type IN ['SubDistrict', 'Community', 'ResidentsCommittee']
                OR coalesce(a.subtype, '') IN ['街道党工委', '社区党委', '社区党支部', '街道办事处', '乡镇政府', '街道物管办', '街道职能科室'] END
  AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH b, c, h, p, a, collect(found) AS found,
     collect(a IS NOT NULL AND all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, h.role AS role, b {.id, .name} AS branch, c {.id, .name} AS compound,
       CASE WHEN a IS NULL THEN null ELSE a {.id, .name, .type} END AS sent_by, h.valid AS valid,
       CASE WHEN true IN sure THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY c.name, c.id, p.name, p.id, coalesce(h.possible_from, ''), h.id, coalesce(a.name, ''), coalesce(a.id, '')
