// id: R49
// title: 没有业委会的小区，党支部下设楼栋党小组 | In compounds without an owners' committee the branch has groups for the buildings
// for: organisation department
// parameter place: place, optional, only what lies in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column branch: the branch, id and name
// column holds: always possibly, as no register lists party groups by branch
// column because: none_recorded, or uncertain where a group is there possibly
// column claims: ids of the claims about the seat and the uncertain groups
// means: on that day no owners' committee is recorded in the compound even possibly, and no party group is surely subordinate to its branch.
// does not mean: that there is no committee or no group. Building heads and key households are not asked about.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH b, c, collect(t.claims) AS seats
WITH b, c, seats, [(c)<-[s:BASED_IN]-(:OwnersCommittee) WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~') | s.id] AS committees
WHERE size(committees) = 0
WITH b, c, seats, [(b)<-[r:SUBORDINATE_TO]-(g:PartyOrg) WHERE g.subtype = '党小组' AND coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~') |
     {claims: r.claims, sure: r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')}] AS groups
WHERE NOT any(r IN groups WHERE r.sure)
RETURN c {.id, .name} AS compound, b {.id, .name} AS branch, 'possibly' AS holds,
       CASE WHEN size(groups) > 0 THEN 'uncertain' ELSE 'none_recorded' END AS because,
       reduce(all = b.claims, ids IN seats + [r IN groups | r.claims] | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id
