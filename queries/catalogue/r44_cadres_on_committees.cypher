// id: R44
// title: 党员人数不足的业委会有社区干部任兼职委员 | Owners' committees short of party members have community cadres as part-time members
// for: organisation department
// parameter place: place, optional, the committee lies or is based in it, e.g. 白云区
// parameter min_members: integer, default 1; with fewer party members than this a committee is short of them (the text names no number)
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column committee: the owners' committee, id and name
// column members: how many people hold a post in it on that day, possibly or surely
// column party_members: how many of them are known as party members
// column unknown: of how many no source says
// column holds: always possibly, as no register lists every post
// column claims: ids of the claims about the people and their posts
// means: fewer members of the committee are known as party members, and nobody surely is a part-time member (兼职委员) on that day.
// does not mean: that it is short of them; membership is rarely written down. Committees of whom no member is named are left out.
MATCH (o:OwnersCommittee)
WITH o, [(o)-[:BASED_IN*1..2]->(seat:Place) | coalesce(seat.places + seat.place_names, [])] AS homes
WHERE $place IS NULL OR any(d IN $place WHERE d IN o.places OR d IN o.place_names OR any(home IN homes WHERE d IN home))
MATCH (o)<-[h:HOLDS_POST]-(p:Person)
WHERE coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
WITH o, count(DISTINCT p.id) AS members, count(DISTINCT CASE WHEN p.party_member THEN p.id END) AS party_members, count(DISTINCT CASE WHEN p.party_member IS NULL THEN p.id END) AS unknown,
     collect((h.role = '兼职委员（业委会）' OR coalesce(h.manner, '') = 'part_time') AND (h.sure AND coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~'))) AS cadres,
     collect(p.claims + h.claims) AS found
WHERE party_members < $min_members AND NOT any(x IN cadres WHERE x)
RETURN o {.id, .name} AS committee, members AS members, party_members AS party_members, unknown AS unknown, 'possibly' AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY o.name, o.id
