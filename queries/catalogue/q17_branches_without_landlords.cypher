// id: Q17, R06
// title: 城中村和无物业小区的哪些党支部未见吸纳房东、股份合作公司党员 | Branches of urban villages and compounds without a firm in which no landlord or company member is recorded
// for: organisation department
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column branch: the branch, id and name
// column because_of: 城中村, or 无物业 where no firm is recorded to serve it on that day
// column holds: always possibly, as no register lists every member
// column because: none_recorded, or uncertain where such a member is there possibly
// column claims: ids of the claims about the compound, the seat and the uncertain members
// means: nobody who is known as a landlord, or who owns a share or holds a post in a joint-stock cooperative company, surely belongs to or holds a post in the branch on that day.
// does not mean: that there is no such member; who belongs to a branch is rarely written down. With 无物业, that there is no firm.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH b, c, collect(t.claims) AS seats
OPTIONAL MATCH (:PropertyFirm)-[s:SERVES]->(c)
WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH b, c, seats, count(s) AS firms
WHERE c.category = '城中村' OR firms = 0
OPTIONAL MATCH (b)<-[m:MEMBER_OF|HOLDS_POST]-(p:Person)
WHERE coalesce(m.possible_from, '') <= $as_of AND $as_of < coalesce(m.possible_to, '~')
OPTIONAL MATCH (p)-[w:OWNS_SHARE_IN|HOLDS_POST]->(:JointStockCompany)
WHERE coalesce(w.possible_from, '') <= $as_of AND $as_of < coalesce(w.possible_to, '~')
WITH b, c, seats, m, w, (w IS NOT NULL OR coalesce(p.kind, '') = '房东') AS fits, p.kind = '房东' AS landlord
WITH b, c, seats, collect(CASE WHEN fits THEN m.claims + coalesce(w.claims, []) END) AS found,
     collect(fits AND (m.sure AND coalesce(m.sure_from, '') <= $as_of AND $as_of < coalesce(m.sure_to, '~')) AND (landlord OR (w.sure AND coalesce(w.sure_from, '') <= $as_of AND $as_of < coalesce(w.sure_to, '~')))) AS sure
WHERE NOT any(s IN sure WHERE s)
RETURN c {.id, .name} AS compound, b {.id, .name} AS branch, CASE c.category WHEN '城中村' THEN '城中村' ELSE '无物业' END AS because_of,
       'possibly' AS holds, CASE WHEN size(found) > 0 THEN 'uncertain' ELSE 'none_recorded' END AS because,
       reduce(all = c.claims, ids IN seats + found | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id
