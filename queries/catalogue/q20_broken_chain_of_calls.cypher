// id: Q20, R48
// title: 某街道哪些小区党支部的呼叫、上报链条未通到街道党工委，通到哪里为止 | Compound branches whose chain of calls or reports does not reach the sub-district's work committee, and how far it goes
// for: organisation department
// parameter sub_district: place, the compound lies in it, e.g. 松洲街
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column branch: the compound branch, id and name
// column compound: the compound, id and name
// column reaches: names of the party organisations that it does reach, surely or possibly
// column holds: always possibly, as no register lists who answers whom
// column because: none_recorded, or uncertain where the chain holds possibly
// column claims: ids of the claims about the branch, its seat and the links
// means: no chain of at most three links (escalates to, reports to) surely leads from the branch to a 街道党工委 on that day.
// does not mean: that nobody answers; links may not be written down, or stand in a rule alone.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE any(d IN $sub_district WHERE d IN c.places OR d IN c.place_names) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH b, c, collect(t.claims) AS seats
OPTIONAL MATCH (b)-[links:ESCALATES_TO|REPORTS_TO*1..3]->(z:PartyOrg)
WHERE all(r IN links WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~'))
WITH b, c, seats, links, z, z.subtype = '街道党工委' AS top ORDER BY z.name
WITH b, c, seats, collect(DISTINCT z.name) AS reaches, collect(reduce(all = [], r IN links | all + r.claims)) AS found, collect(top) AS tops,
     collect(top AND all(r IN links WHERE r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~'))) AS sure
WHERE NOT any(s IN sure WHERE s)
RETURN b {.id, .name} AS branch, c {.id, .name} AS compound, reaches AS reaches, 'possibly' AS holds,
       CASE WHEN any(t IN tops WHERE t) THEN 'uncertain' ELSE 'none_recorded' END AS because,
       reduce(all = b.claims, ids IN seats + found | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id
