// id: Q36
// title: 社区干部在公章由其所在党组织掌管的业委会任职，该党组织审议了其多少重大事项 | Community cadres on an owners' committee whose seal their own organisation holds, and how many of its matters that organisation reviewed
// for: auditor
// parameter district: place, the compound lies in it, e.g. 白云区
// parameter as_of: date, optional; without it whatever held at one time
// column person: the cadre, id and name
// column committee: the owners' committee, id and name
// column role: the post in it
// column organisation: the party organisation that holds the seal, id and name
// column reviewed: how many matters that the committee decided or deliberated are recorded as reviewed by the organisation
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the seal and the reviewed matters
// means: one person holds posts in the committee and in the party organisation that holds its seal, at the same time.
// does not mean: that it is barred; Baiyun wants cadres on committees. With reviewed 0 no review is recorded.
MATCH (o:OwnersCommittee)-[:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
WITH DISTINCT o
MATCH (o)<-[s:HOLDS_SEAL_OF]-(z:PartyOrg)
MATCH (o)<-[h:HOLDS_POST]-(p:Person)
WITH o, s, z, h, p
MATCH (p)-[k:HOLDS_POST]->(z)
WITH o, z, p, h.role AS role, h.claims + k.claims + s.claims AS found, [h, k, s] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH o, z, p, role, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
OPTIONAL MATCH (o)-[d:DECIDED|DELIBERATES]->(m:MajorMatter)<-[r:REVIEWS]-(z)
WITH o, z, p, role, found, sure, count(DISTINCT m.id) AS reviewed, collect(d.claims + r.claims) AS more
RETURN p {.id, .name} AS person, o {.id, .name} AS committee, role AS role, z {.id, .name} AS organisation, reviewed AS reviewed,
       CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found + more | all + ids) AS claims
ORDER BY o.name, o.id, p.name, p.id, z.id, coalesce(role, '')
