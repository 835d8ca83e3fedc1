// id: R32
// title: 小区党支部、业委会、物业公司、居民小组四方齐备 | Branch, owners' committee, firm and residents' group of a compound are all there
// for: organisation department
// parameter place: place, optional, only what lies in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound that has a branch, id and name
// column missing: those that are not surely there on that day: 业委会, 物业公司, 居民小组
// column holds: always possibly; registers are not asked, Q02 does so for firms and committees
// column claims: ids of the claims about the branch and about those that are there
// means: the compound has a branch, surely or possibly, and of the other three at least one is not surely there on that day.
// does not mean: that it is missing, or, where all are there, that they are joined in one branch; how branches and groups are joined is rarely written down.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH c, collect(t.claims) AS seats
OPTIONAL MATCH (o)-[r:BASED_IN|SERVES|MANAGES]->(c)
WHERE (o:OwnersCommittee OR o:PropertyFirm OR o:ResidentsGroup) AND coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH c, seats, collect(r.claims) AS found, collect(CASE WHEN r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~') THEN o.type END) AS there
WITH c, seats, found, [k IN ['OwnersCommittee', 'PropertyFirm', 'ResidentsGroup'] WHERE NOT any(x IN there WHERE x = k)] AS missing
WHERE size(missing) > 0
RETURN c {.id, .name} AS compound,
       [k IN missing | CASE k WHEN 'OwnersCommittee' THEN '业委会' WHEN 'PropertyFirm' THEN '物业公司' ELSE '居民小组' END] AS missing,
       'possibly' AS holds, reduce(all = [], ids IN seats + found | all + ids) AS claims
ORDER BY c.name, c.id
