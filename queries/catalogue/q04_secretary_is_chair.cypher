// id: Q04
// title: 某地哪些小区的党组织书记与业委会主任“一肩挑”，是谁 | Compounds whose branch secretary also chairs the owners' committee, and who it is
// for: organisation department
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, optional; without it everybody who ever held both at once
// column person: the holder of both posts, id and name
// column compound: the one compound of both bodies, id and name
// column branch: the party organisation, id and name
// column role: the post in it, 支部书记, 党总支书记 or 党委书记
// column committee: the owners' committee that the person chairs, id and name
// column holds: yes or possibly on that day; without a day, whether there is a day on which both posts surely coincide
// column claims: ids of the claims behind the two posts and the two seats
// means: one person heads the branch of a compound (based in it, on its owners' committee, or covering it) and chairs the owners' committee of the same compound at the same time. Seats narrow the time only where a source dates them.
// does not mean: that it is a conflict; many places want it. For the verdict of the norms see the conflict pattern secretary_chairs_committee.
MATCH (o:OwnersCommittee)-[s:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
MATCH (o)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role = '业委会主任'
WITH o, s, c, h, p
MATCH (p)-[k:HOLDS_POST]->(b:PartyOrg)-[t:BASED_IN|COVERS]->(x)
WHERE k.role IN ['支部书记', '党总支书记', '党委书记'] AND x.id IN [c.id, o.id]
WITH o, c, h, p, k, b, h.claims + k.claims + s.claims + t.claims AS found, [h, k] + [r IN [s, t] WHERE r.valid IS NOT NULL] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH p, c, b, k.role AS role, o, collect(found) AS found,
     collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, c {.id, .name} AS compound, b {.id, .name} AS branch, role AS role, o {.id, .name} AS committee,
       CASE WHEN true IN sure THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY c.name, c.id, p.name, p.id, b.id, role, o.id
