// id: R56
// title: 组织关系在社区党委的党员归小区党组织管理 | Members of the community committee are managed by the organisation of the compound where they live
// for: organisation department
// parameter place: place, optional, only what lies in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column still_with_community: how many members living there belong to a community committee
// column holds: yes if at least one surely does, and surely lives there, on that day
// column claims: ids of the claims about their homes and membership
// means: so many party members live in the compound and belong to a 社区党委 on that day, surely or possibly. People are counted, not named.
// does not mean: that the compound has an organisation to which they could belong.
MATCH (c:Compound)<-[l:LIVES_IN]-(p:Person)
WHERE p.party_member AND ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(l.possible_from, '') <= $as_of AND $as_of < coalesce(l.possible_to, '~')
MATCH (p)-[m:MEMBER_OF]->(s:PartyOrg)
WHERE s.subtype = '社区党委' AND coalesce(m.possible_from, '') <= $as_of AND $as_of < coalesce(m.possible_to, '~')
WITH c, count(DISTINCT p.id) AS members, collect(l.claims + m.claims) AS found, any(x IN collect((l.sure AND coalesce(l.sure_from, '') <= $as_of AND $as_of < coalesce(l.sure_to, '~')) AND (m.sure AND coalesce(m.sure_from, '') <= $as_of AND $as_of < coalesce(m.sure_to, '~'))) WHERE x) AS sure
RETURN c {.id, .name} AS compound, members AS still_with_community, CASE WHEN sure THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY c.name, c.id
