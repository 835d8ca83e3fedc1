// id: Q14, R08
// title: 哪些物业管理指导委员会的党员委员低于规定比例 | Guidance committees with too small a share of party members
// for: organisation department
// parameter place: place, optional, the committees lie in it, e.g. 南山区
// parameter share: number, default 0.3; the smallest share, from 0 to 1
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column committee: the guidance committee, id and name
// column members: how many people hold a post in it on that day, possibly or surely
// column party_members: how many of them are party members
// column unknown: of how many no source says
// column holds: yes if even with those of whom no source says the share is too small, and all are surely in office; else possibly
// column claims: ids of the claims about the posts and the people
// means: the share of those who are known to be party members is smaller than asked for.
// does not mean: with possibly, that the share is too small. Committees of whom no member is named are left out.
MATCH (g:GuidanceCommittee)
OPTIONAL MATCH (g)-[:BASED_IN]->(seat:Place)
WITH g, collect(seat.places + seat.place_names) AS homes
WHERE ($place IS NULL OR any(d IN $place WHERE d IN g.places OR d IN g.place_names OR any(home IN homes WHERE d IN home)))
MATCH (g)<-[h:HOLDS_POST]-(p:Person)
WHERE coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
WITH g, p, collect(h.claims) AS posts, any(x IN collect(h.sure AND coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~')) WHERE x) AS there
WITH g, count(p) AS members, sum(CASE WHEN p.party_member THEN 1 ELSE 0 END) AS party_members,
     sum(CASE WHEN p.party_member IS NULL THEN 1 ELSE 0 END) AS unknown, collect(there) AS there,
     collect(reduce(all = p.claims, ids IN posts | all + ids)) AS found
WHERE party_members < $share * members - 0.000001
RETURN g {.id, .name} AS committee, members AS members, party_members AS party_members, unknown AS unknown,
       CASE WHEN party_members + unknown < $share * members - 0.000001 AND all(x IN there WHERE x) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY g.name, g.id
