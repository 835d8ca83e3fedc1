// id: Q16, R20
// title: 某地哪些小区的党支部与业委会未见交叉任职 | Compounds for which nobody is recorded in both the branch and the owners' committee
// for: organisation department
// parameter district: place, the compound lies in it, e.g. 南山区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column branch: its party organisation, id and name
// column committee: its owners' committee, id and name
// column holds: always possibly, as no register lists every post
// column because: none_recorded, or uncertain where somebody is in both possibly
// column claims: ids of the claims about the two seats and the uncertain posts
// means: both bodies are there, surely or possibly, and nobody surely holds a post in both on that day. Party groups and a firm's own branch are not asked about.
// does not mean: that the two are not cross-appointed; nobody may have written the posts down.
MATCH (o:OwnersCommittee)-[s:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names) AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
UNWIND [c, o] AS x
MATCH (x)<-[t:BASED_IN]-(b:PartyOrg)
WHERE coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH c, o, b, collect(s.claims + t.claims) AS seats
WITH c, o, b, seats,
     [(b)<-[k:HOLDS_POST]-(p:Person)-[h:HOLDS_POST]->(o) WHERE coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~') AND coalesce(k.possible_from, '') <= $as_of AND $as_of < coalesce(k.possible_to, '~') |
      {claims: h.claims + k.claims, sure: (h.sure AND coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~')) AND (k.sure AND coalesce(k.sure_from, '') <= $as_of AND $as_of < coalesce(k.sure_to, '~'))}] AS both
WHERE NOT any(x IN both WHERE x.sure)
RETURN c {.id, .name} AS compound, b {.id, .name} AS branch, o {.id, .name} AS committee, 'possibly' AS holds,
       CASE WHEN size(both) > 0 THEN 'uncertain' ELSE 'none_recorded' END AS because,
       reduce(all = [], ids IN seats + [x IN both | x.claims] | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id, o.id
