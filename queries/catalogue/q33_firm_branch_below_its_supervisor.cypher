// id: Q33
// title: 物业公司党支部隶属于监督本公司、或提议由本公司受益事项的小区党组织：谁在两个支部 | Firms whose own branch stands below the compound branch that supervises them, or that proposed a matter from which they benefit, and who is in both
// for: auditor
// parameter place: place, optional, the upper branch lies or is based in it, e.g. 龙岗区
// parameter since: date, optional, matters decided from that day on; a matter without a date is left out
// parameter as_of: date, optional; without it whatever held at one time
// column firm: the firm, id and name
// column firm_branch: its own branch, id and name
// column branch: the branch above, id and name
// column because: SUPERVISES, GUIDES or PROPOSES
// column matter: the matter proposed, id and name; null for supervision
// column in_both: names of people who belong to, or hold a post in, either branch
// column holds: yes or possibly on that day, for the subordination and the supervision; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the seat, the subordination, the supervision or the matter, and the people
// means: the firm's own branch (based on the firm) is subordinate to the branch that supervises or guides the firm, or that proposed a matter which benefits it.
// does not mean: that anybody took part in both; in_both may be empty. Membership is not narrowed by date.
MATCH (f:PropertyFirm)<-[s:BASED_IN]-(fb:PartyOrg)-[u:SUBORDINATE_TO]->(b:PartyOrg)
OPTIONAL MATCH (b)-[:BASED_IN]->(at)
WITH f, s, fb, u, b, collect(coalesce(at.places, []) + coalesce(at.place_names, [])) AS seats
WHERE $place IS NULL OR any(d IN $place WHERE d IN b.places OR d IN b.place_names OR any(seat IN seats WHERE d IN seat))
MATCH (b)-[r:SUPERVISES|GUIDES|PROPOSES]->(x)
OPTIONAL MATCH (x)-[n:BENEFITS]->(f)
WITH f, s, fb, u, b, r, x, n
WHERE x.id = f.id OR (n IS NOT NULL AND ($since IS NULL OR x.date >= $since))
WITH f, fb, b, type(r) AS because, CASE WHEN x.id = f.id THEN null ELSE x END AS m,
     s.claims + u.claims + r.claims + coalesce(n.claims, []) AS found, [u] + CASE WHEN x.id = f.id THEN [r] ELSE [] END AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH f, fb, b, because, m, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
OPTIONAL MATCH (fb)<-[v:MEMBER_OF|HOLDS_POST]-(p:Person)
OPTIONAL MATCH (p)-[w:MEMBER_OF|HOLDS_POST]->(b)
WITH f, fb, b, because, m, found, sure, p, v, w ORDER BY p.name, p.id
WITH f, fb, b, because, m, found, sure, collect(DISTINCT CASE WHEN w IS NOT NULL THEN p.name END) AS in_both,
     collect(CASE WHEN w IS NOT NULL THEN v.claims + w.claims END) AS more
RETURN f {.id, .name} AS firm, fb {.id, .name} AS firm_branch, b {.id, .name} AS branch, because AS because,
       CASE WHEN m IS NULL THEN null ELSE m {.id, .name} END AS matter, in_both AS in_both, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found + more | all + ids) AS claims
ORDER BY f.name, f.id, fb.id, b.id, because, coalesce(m.id, '')
