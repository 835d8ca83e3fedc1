// id: Q40
// title: 某小区的房东理事会向哪些党组织上报，谁同时在两处任职或为其成员 | The party organisations to which the landlord council of a compound reports, and who sits in or belongs to both
// for: auditor
// parameter compound: place, the council is based in it, e.g. 商乐街小区
// parameter as_of: date, optional; without it whatever held at one time
// column council: the landlord council, id and name
// column organisation: the party organisation, id and name
// column in_both: names of the people who belong to, or hold a post in, both
// column holds: yes or possibly on that day, for the reporting; without a day, whether it surely held on any day
// column claims: ids of the claims behind the seat, the reporting and the people
// means: the council reports or passes matters on to the organisation; in_both are people who belong to, or hold a post in, both at the same time, surely or possibly.
// does not mean: that nobody is in both where in_both is empty; membership is rarely written down.
MATCH (l:LandlordCouncil)-[s:BASED_IN]->(c:Compound)
WHERE c.id IN $compound
MATCH (l)-[r:REPORTS_TO|ESCALATES_TO]->(b:PartyOrg)
WHERE $as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~'))
WITH l, b, collect(s.claims + r.claims) AS found,
     collect(r.sure AND ($as_of IS NULL OR (coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
OPTIONAL MATCH (l)<-[v:MEMBER_OF|HOLDS_POST]-(p:Person)
OPTIONAL MATCH (p)-[w:MEMBER_OF|HOLDS_POST]->(b)
WITH l, b, found, sure, p, v, w, w IS NOT NULL AND coalesce(v.possible_from, '') < coalesce(w.possible_to, '~') AND coalesce(w.possible_from, '') < coalesce(v.possible_to, '~')
     AND ($as_of IS NULL OR ((coalesce(v.possible_from, '') <= $as_of AND $as_of < coalesce(v.possible_to, '~')) AND (coalesce(w.possible_from, '') <= $as_of AND $as_of < coalesce(w.possible_to, '~')))) AS both
ORDER BY p.name, p.id
WITH l, b, found, sure, collect(DISTINCT CASE WHEN both THEN p.name END) AS in_both, collect(CASE WHEN both THEN v.claims + w.claims END) AS more
RETURN l {.id, .name} AS council, b {.id, .name} AS organisation, in_both AS in_both, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found + more | all + ids) AS claims
ORDER BY l.name, l.id, b.name, b.id
