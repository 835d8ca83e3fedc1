// id: Q29
// title: 党组织书记兼任其应监督的业委会主任的小区：监督是否有记录，另有谁监督 | Secretaries who chair the owners' committee that their branch is to supervise: whether that is recorded, and who else does
// for: auditor
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, optional; without it whatever held at one time
// column person: the holder of both posts, id and name
// column branch: the party organisation, id and name
// column committee: the owners' committee, id and name
// column recorded: whether a source says of this branch that it supervises or guides the committee, or leads it
// column others: names of other bodies or people who supervise or guide the committee
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the seats and the supervision
// means: one person heads a branch of the compound and chairs its owners' committee at the same time.
// does not mean: that nobody else supervises where others is empty. With recorded false the duty can only stem from a rule of the place (`govgraph rules`).
MATCH (o:OwnersCommittee)-[s:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
MATCH (o)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role = '业委会主任'
WITH o, s, c, h, p
MATCH (p)-[k:HOLDS_POST]->(b:PartyOrg)-[t:BASED_IN|COVERS]->(x)
WHERE k.role IN ['支部书记', '党总支书记', '党委书记'] AND x.id IN [c.id, o.id]
WITH o, p, b, h.claims + k.claims + s.claims + t.claims AS found, [h, k] + [r IN [s, t] WHERE r.valid IS NOT NULL] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH o, p, b, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
OPTIONAL MATCH (z)-[r:SUPERVISES|GUIDES|LEADS]->(o)
WHERE (z.id = b.id OR type(r) <> 'LEADS') AND ($as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH o, p, b, found, sure, z, r ORDER BY z.name
WITH o, p, b, found, sure, any(y IN collect(z.id = b.id) WHERE y) AS recorded, collect(DISTINCT CASE WHEN z.id <> b.id THEN z.name END) AS others, collect(r.claims) AS more
RETURN p {.id, .name} AS person, b {.id, .name} AS branch, o {.id, .name} AS committee, recorded AS recorded, others AS others, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found + more | all + ids) AS claims
ORDER BY o.name, o.id, p.name, p.id, b.id
