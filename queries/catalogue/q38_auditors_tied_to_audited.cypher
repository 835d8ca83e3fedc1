// id: Q38, R47
// title: 业主监事会成员本人或其亲属在被监督的业委会或物业公司任职 | Members of a supervisory board who, or whose relatives, hold posts in the owners' committee or the firm of the compound
// for: auditor
// parameter district: place, the compound lies in it, e.g. 白云区
// parameter tie: text, optional, only one of the two: own (the member's own post) or relative
// parameter as_of: date, optional; without it whatever held at one time
// column board: the supervisory board, id and name
// column person: its member, id and name
// column body: the owners' committee or the firm, with id, name and type
// column tie: own or relative
// column relative: the relative, id and name; null where it is the member's own post
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the seats or contract and the kinship
// means: a member of the board, or a declared relative, holds a post in the owners' committee of the same compound or in a firm that serves it, at the same time. Seats and kinship narrow the time only where a source dates them.
// does not mean: that it is barred there; the documents only lay down that the board audits the committee. Kinship that nobody declared is not seen.
MATCH (z:OwnersSupervisoryBoard)-[u:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
MATCH (z)<-[h:HOLDS_POST]-(p:Person)
MATCH (c)<-[s:BASED_IN|SERVES]-(o)
WHERE o:OwnersCommittee OR o:PropertyFirm
MATCH (o)<-[k:HOLDS_POST]-(q:Person)
OPTIONAL MATCH (p)-[a:FAMILY_OF]-(q)
WITH z, u, h, p, s, o, k, q, a
WHERE p.id = q.id OR a IS NOT NULL
WITH z, p, o, CASE WHEN p.id = q.id THEN 'own' ELSE 'relative' END AS tie, q, h.claims + k.claims + s.claims + u.claims + coalesce(a.claims, []) AS found,
     [h, k] + [r IN [u, s] WHERE r.valid IS NOT NULL OR type(r) = 'SERVES'] + CASE WHEN a.valid IS NULL THEN [] ELSE [a] END AS terms
WHERE tie = coalesce($tie, tie) AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH z, p, o, tie, q, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN z {.id, .name} AS board, p {.id, .name} AS person, o {.id, .name, .type} AS body, tie AS tie,
       CASE WHEN tie = 'own' THEN null ELSE q {.id, .name} END AS relative, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY z.name, z.id, p.name, p.id, o.id, tie, q.id
