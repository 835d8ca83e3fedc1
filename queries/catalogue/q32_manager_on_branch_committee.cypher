// id: Q32
// title: 物业公司管理人员任其服务小区的党支部委员，该支部的监督是否有记录 | Managers of a firm with a seat on the branch of a compound it serves, and whether the branch is recorded to supervise it
// for: auditor
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, optional; without it whatever held at one time
// column person: the manager, id and name
// column firm: the firm, id and name
// column firm_post: the post or title in it
// column branch: the branch, id and name
// column role: the seat in it
// column compound: the compound, id and name
// column recorded: whether a source says that the branch supervises or guides the firm
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the contract, the seat and the supervision
// means: one person runs or manages the firm and has a seat (secretary, deputy or member) on the branch of a compound that it serves, at the same time.
// does not mean: that it is barred; Nanshan wants it. With recorded false the duty to supervise can only stem from a rule of the place (`govgraph rules`).
MATCH (b:PartyOrg)-[t:BASED_IN|COVERS]->(c:Compound)<-[s:SERVES]-(f:PropertyFirm)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
MATCH (b)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role IN ['支部书记', '党总支书记', '党委书记', '第一书记', '副书记', '支部委员', '党总支委员', '党委委员', '兼职委员（支部）']
WITH b, t, c, s, f, h, p
MATCH (p)-[k:HOLDS_POST]->(f)
WHERE k.role IN ['物管公司负责人', '总经理', '副总经理', '经理', '项目经理', '物业经理', '物业项目经理', '项目负责人', '法定代表人']
WITH b, c, f, p, h.role AS role, k.role AS firm_post, h.claims + k.claims + s.claims + t.claims AS found, [h, k, s] + [r IN [t] WHERE r.valid IS NOT NULL] AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH b, c, f, p, role, firm_post, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
OPTIONAL MATCH (b)-[r:SUPERVISES|GUIDES]->(f)
WHERE $as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~'))
WITH b, c, f, p, role, firm_post, found, sure, collect(r.claims) AS more
RETURN p {.id, .name} AS person, f {.id, .name} AS firm, firm_post AS firm_post, b {.id, .name} AS branch, role AS role, c {.id, .name} AS compound,
       size(more) > 0 AS recorded, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found + more | all + ids) AS claims
ORDER BY c.name, c.id, p.name, p.id, f.id, b.id, role, firm_post
