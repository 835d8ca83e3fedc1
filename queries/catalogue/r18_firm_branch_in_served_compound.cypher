// id: R18
// title: 物业公司党支部设在其管理的小区并受社区党委领导 | A firm's branch sits in a compound that the firm serves and is led by the community committee
// for: organisation department
// parameter place: place, optional, only what lies in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column firm: the firm, id and name
// column branch: its branch, id and name
// column compound: the compound that the branch is based in, id and name
// column serves: whether the firm serves the compound on that day: yes, possibly or none_recorded
// column led: whether a community committee leads the branch, or the branch stands below one: yes, possibly or none_recorded
// column holds: always possibly, as no register lists contracts and leadership together
// column claims: ids of the claims about the two seats, the contract and the leadership
// means: on that day either the firm does not surely serve the compound, or no 社区党委 surely leads the branch.
// does not mean: that it is not so; contracts and leadership may not be written down.
MATCH (f:PropertyFirm)<-[s:BASED_IN]-(b:PartyOrg)
WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
MATCH (b)-[t:BASED_IN]->(c:Compound)
WHERE ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
WITH f, b, c, collect(s.claims + t.claims) AS seats
OPTIONAL MATCH (f)-[r:SERVES]->(c)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH f, b, c, seats, collect(r.claims) AS contracts, any(x IN collect(r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')) WHERE x) AS serves
OPTIONAL MATCH (z:PartyOrg)-[l:LEADS|SUBORDINATE_TO]-(b)
WHERE z.subtype = '社区党委' AND coalesce(l.possible_from, '') <= $as_of AND $as_of < coalesce(l.possible_to, '~')
  AND startNode(l).id = CASE type(l) WHEN 'LEADS' THEN z.id ELSE b.id END
WITH f, b, c, seats, contracts, serves, collect(l.claims) AS leads, any(x IN collect(l.sure AND coalesce(l.sure_from, '') <= $as_of AND $as_of < coalesce(l.sure_to, '~')) WHERE x) AS led
WHERE NOT (serves AND led)
RETURN f {.id, .name} AS firm, b {.id, .name} AS branch, c {.id, .name} AS compound,
       CASE WHEN serves THEN 'yes' WHEN size(contracts) > 0 THEN 'possibly' ELSE 'none_recorded' END AS serves,
       CASE WHEN led THEN 'yes' WHEN size(leads) > 0 THEN 'possibly' ELSE 'none_recorded' END AS led,
       'possibly' AS holds, reduce(all = [], ids IN seats + contracts + leads | all + ids) AS claims
ORDER BY f.name, f.id, b.id, c.id
