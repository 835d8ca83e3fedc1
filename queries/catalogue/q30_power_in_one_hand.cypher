// id: Q30
// title: 书记、业委会主任同时任小区管理委员会会长，而物业公司也是该委员会成员的小区 | Compounds where one person is secretary, chair of the owners' committee and head of the management committee in which the firm also sits
// for: auditor
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, optional; without it whatever held at one time
// column person: the holder of the three posts, id and name
// column compound: the compound, id and name
// column branch: the party organisation, id and name
// column committee: the owners' committee, id and name
// column management: the management committee, id and name
// column firm: the firm that is a member of it, id and name
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the seats and the membership
// means: one person heads the branch, the owners' committee and the management committee of one compound at the same time, and the firm is a member of the last.
// does not mean: that the firm serves the compound; that is not asked.
MATCH (m:CompoundManagementCommittee)-[u:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
MATCH (m)<-[g:HOLDS_POST]-(p:Person)
WHERE g.role = '小区管理委员会会长'
MATCH (m)<-[w:MEMBER_OF]-(f:PropertyFirm)
WITH m, u, c, g, p, w, f
MATCH (p)-[h:HOLDS_POST]->(o:OwnersCommittee)-[s:BASED_IN]->(d)
WHERE h.role = '业委会主任' AND d.id = c.id
WITH m, u, c, g, p, w, f, h, o, s
MATCH (p)-[k:HOLDS_POST]->(b:PartyOrg)-[t:BASED_IN|COVERS]->(x)
WHERE k.role IN ['支部书记', '党总支书记', '党委书记'] AND x.id IN [c.id, o.id]
WITH m, c, p, f, o, b, g.claims + h.claims + k.claims + s.claims + t.claims + u.claims + w.claims AS found, [g, h, k, w] + [r IN [s, t, u] WHERE r.valid IS NOT NULL] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH m, c, p, f, o, b, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, c {.id, .name} AS compound, b {.id, .name} AS branch, o {.id, .name} AS committee, m {.id, .name} AS management,
       f {.id, .name} AS firm, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY c.name, c.id, p.name, p.id, b.id, o.id, m.id, f.id
