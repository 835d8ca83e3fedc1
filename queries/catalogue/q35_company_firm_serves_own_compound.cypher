// id: Q35
// title: 股份合作公司（或其班子成员）投资的物业公司，服务于其班子成员任支部、指导委员会职务的小区 | Village companies, or their leaders, that own firms serving compounds where those leaders sit on the branch or the guidance committee
// for: auditor
// parameter district: place, the compound lies in it, e.g. 龙岗区
// parameter as_of: date, optional; without it whatever held at one time
// column person: the leader, id and name
// column company: the joint-stock cooperative company, id and name
// column owner: who has invested in the firm: the company or the person, with id, name and type
// column firm: the firm, id and name
// column compound: the compound, id and name
// column body: the branch of the compound, or the guidance committee of its community, with id, name and type
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the investment, the contract and the seat
// means: one person holds a post in the company and one in the body at the same time, while the company or that person has invested in the firm and it serves the compound.
// does not mean: anything about shares held by relatives or through other companies.
MATCH (e:Investor)-[i:INVESTS_IN]->(f:PropertyFirm)-[s:SERVES]->(c:Compound)
WHERE (e:JointStockCompany OR e:Person) AND any(d IN $district WHERE d IN c.places OR d IN c.place_names)
UNWIND [c.id] + [place IN c.places WHERE place <> c.id] AS place
MATCH (at:Entity {id: place})
WHERE at.id = c.id OR at:Community
MATCH (at)<-[t:BASED_IN|COVERS]-(x:Organization)
WHERE (x:PartyOrg AND at.id = c.id) OR (x:GuidanceCommittee AND at:Community)
WITH e, i, f, s, c, x, t
MATCH (x)<-[k:HOLDS_POST]-(p:Person)
WHERE e:JointStockCompany OR p.id = e.id
WITH e, i, f, s, c, x, t, k, p
MATCH (p)-[h:HOLDS_POST]->(j:JointStockCompany)
WHERE e.id IN [p.id, j.id]
WITH e, f, c, x, p, j, h.claims + k.claims + i.claims + s.claims + t.claims AS found, [h, k, i, s] + [r IN [t] WHERE r.valid IS NOT NULL] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH e, f, c, x, p, j, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, j {.id, .name} AS company, e {.id, .name, .type} AS owner, f {.id, .name} AS firm, c {.id, .name} AS compound,
       x {.id, .name, .type} AS body, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY c.name, c.id, p.name, p.id, j.id, e.id, f.id, x.id
