// id: Q34
// title: 党组织书记、居民小组组长、股份合作公司董事长为同一人，而其支部监督该公司 | One person is secretary of the branch that supervises the village company, head of the residents' group and chair of the company
// for: auditor
// parameter sub_district: place, the group lies or is based in it, e.g. 坂田街道
// parameter as_of: date, optional; without it whatever held at one time
// column person: the holder of the three posts, id and name
// column branch: the branch, id and name
// column branch_post: the post in it
// column residents_group: the residents' group, id and name
// column company: the company, id and name
// column company_post: the post in it
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the seat and the supervision
// means: one person heads a branch that is recorded to supervise, guide or lead the company, heads the residents' group on which the company is based, and chairs the company, at the same time.
// does not mean: that the joint conference ever decided on the company's assets; see R38.
MATCH (j:JointStockCompany)-[s:BASED_IN]->(g:ResidentsGroup)
OPTIONAL MATCH (g)-[:BASED_IN]->(at:Place)
WITH j, s, g, collect(at.places) AS seats
WHERE any(d IN $sub_district WHERE d IN g.places OR d IN g.place_names OR any(seat IN seats WHERE d IN seat))
MATCH (j)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role = '股份合作公司董事长'
WITH j, s, g, h, p
MATCH (p)-[l:HOLDS_POST]->(g)
WHERE l.role = '居民小组组长'
WITH j, s, g, h, p, l
MATCH (p)-[k:HOLDS_POST]->(b:PartyOrg)
WHERE k.role IN ['支部书记', '党总支书记', '党委书记']
WITH j, s, g, h, p, l, k, b
MATCH (b)-[v:SUPERVISES|GUIDES|LEADS]->(j)
WITH j, g, p, b, h.role AS company_post, k.role AS branch_post, h.claims + k.claims + l.claims + s.claims + v.claims AS found, [h, k, l, v] + [r IN [s] WHERE r.valid IS NOT NULL] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH j, g, p, b, company_post, branch_post, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, b {.id, .name} AS branch, branch_post AS branch_post, g {.id, .name} AS residents_group, j {.id, .name} AS company,
       company_post AS company_post, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY g.name, g.id, p.name, p.id, j.id, b.id, branch_post
