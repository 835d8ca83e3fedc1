// id: Q09, R29
// title: 某地哪些小区党支部未见与其他党组织结对共建 | Compound branches for which no pairing with another party organisation is recorded
// for: organisation department
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column branch: the branch, id and name
// column compound: the compound it is based in, id and name
// column holds: always possibly, since no register lists pairings
// column because: none_recorded, or uncertain where a pairing holds possibly on that day
// column claims: ids of the claims about the branch, its seat and the uncertain pairings
// means: on that day neither the branch nor its compound is surely paired with another party organisation.
// does not mean: that there is no partner; nobody may have written it down. Party groups, and branches that only cover the compound, are not asked about.
MATCH (b:PartyOrg)-[seat:BASED_IN*1..2]->(c:Compound)
WHERE all(s IN seat[..-1] WHERE endNode(s).type = 'OwnersCommittee') AND any(d IN $district WHERE d IN c.places OR d IN c.place_names)
  AND coalesce(b.subtype, '') <> '党小组' AND any(form IN [coalesce(seat[0].form, b.form, '')] WHERE form <> '行业建')
  AND all(s IN seat WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~'))
WITH b, c, collect(reduce(all = [], s IN seat | all + s.claims)) AS seats
WITH b, c, seats,
     [(b)-[k:PAIRED_WITH]-(x:PartyOrg) WHERE x.id <> b.id AND coalesce(k.possible_from, '') <= $as_of AND $as_of < coalesce(k.possible_to, '~') |
      {claims: k.claims, sure: k.sure AND coalesce(k.sure_from, '') <= $as_of AND $as_of < coalesce(k.sure_to, '~')}] +
     [(c)-[k:PAIRED_WITH]-(x:PartyOrg) WHERE x.id <> b.id AND coalesce(k.possible_from, '') <= $as_of AND $as_of < coalesce(k.possible_to, '~') |
      {claims: k.claims, sure: k.sure AND coalesce(k.sure_from, '') <= $as_of AND $as_of < coalesce(k.sure_to, '~')}] AS pairings
WHERE NOT any(k IN pairings WHERE k.sure)
RETURN b {.id, .name} AS branch, c {.id, .name} AS compound, 'possibly' AS holds,
       CASE WHEN size(pairings) > 0 THEN 'uncertain' ELSE 'none_recorded' END AS because,
       reduce(all = b.claims, ids IN seats + [k IN pairings | k.claims] | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id
