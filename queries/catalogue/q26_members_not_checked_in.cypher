// id: Q26, R30
// title: 居住在某地小区的党员有多少未见归属或报到于小区党组织 | Party members living in a compound who are not recorded as belonging to, or checked in with, a party organisation of it
// for: organisation department
// parameter district: place, the compound lies in it, e.g. 罗湖区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column missing: how many people
// column members: how many members are recorded as living there on that day
// column holds: always possibly, as no register lists who checked in
// column claims: ids of the claims about where they live and the organisations of the compound
// means: the compound has a party organisation on that day, surely or possibly, and so many members living there surely neither belong to nor checked in with any of its organisations. People are counted, not named.
// does not mean: that they did not check in, or that they belong elsewhere; membership is rarely written down.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
WITH c, collect(DISTINCT b.id) AS branches, collect(t.claims) AS seats
MATCH (c)<-[l:LIVES_IN]-(p:Person)
WHERE p.party_member AND coalesce(l.possible_from, '') <= $as_of AND $as_of < coalesce(l.possible_to, '~')
OPTIONAL MATCH (p)-[r:MEMBER_OF|CHECKS_IN_WITH|HOLDS_POST]->(x:PartyOrg)
WHERE x.id IN branches AND coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH c, seats, p, collect(l.claims) AS homes, any(y IN collect(r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')) WHERE y) AS sure
WITH c, seats, count(p) AS members, sum(CASE WHEN sure THEN 0 ELSE 1 END) AS missing, collect(CASE WHEN NOT sure THEN reduce(all = [], ids IN homes | all + ids) END) AS homes
WHERE missing > 0
RETURN c {.id, .name} AS compound, missing AS missing, members AS members, 'possibly' AS holds, reduce(all = [], ids IN seats + homes | all + ids) AS claims
ORDER BY missing DESC, c.name, c.id
