// id: Q15, R09
// title: 哪些物业管理指导委员会委员不在人选库内，哪一类人选在委员会中占比超过限度 | Guidance-committee members outside the pool, and kinds of member above a share of the seats
// for: auditor
// parameter place: place, optional, the committees lie in it, e.g. 南山区
// parameter share: number, default 0.3; the largest share of one kind, from 0 to 1
// parameter about: text, optional, only one of the two: not_in_pool or large_share
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column committee: the guidance committee, id and name
// column about: not_in_pool or large_share
// column person: who is not in the pool, id and name; null for a share
// column kind: the kind of member, by another post of theirs (物业公司 for any post in a firm, else the post); null for a person
// column members: how many people hold a post in the committee on that day
// column of_kind: how many of them are of that kind; null for a person
// column holds: yes or possibly; a person is never surely outside the pool, as no register lists it
// column claims: ids of the claims about the posts
// means: no source puts the person into the pool (candidate for the committee, or in a 人选库), or more than the share of the committee's members have a post of that kind.
// does not mean: that a large share is against a rule; the documents ask for the pool and name no upper limit.
MATCH (g:GuidanceCommittee)
OPTIONAL MATCH (g)-[:BASED_IN]->(seat:Place)
WITH g, collect(seat.places + seat.place_names) AS homes
WHERE coalesce($about, 'not_in_pool') = 'not_in_pool' AND ($place IS NULL OR any(d IN $place WHERE d IN g.places OR d IN g.place_names OR any(home IN homes WHERE d IN home)))
MATCH (g)<-[h:HOLDS_POST]-(p:Person)
WHERE coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
OPTIONAL MATCH (p)-[c:CANDIDATE_FOR]->(x)
WHERE (x.id = g.id OR x.name CONTAINS '人选库') AND coalesce(c.possible_from, '') <= $as_of
WITH g, p, collect(h.claims) AS found, count(c) AS named
WHERE named = 0
WITH g, p, found
MATCH (g)<-[h:HOLDS_POST]-(other:Person)
WHERE coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
WITH g, p, found, count(DISTINCT other.id) AS members
RETURN g {.id, .name} AS committee, 'not_in_pool' AS about, p {.id, .name} AS person, null AS kind, members AS members, null AS of_kind,
       'possibly' AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY g.name, g.id, p.name, p.id
UNION ALL
MATCH (g:GuidanceCommittee)
OPTIONAL MATCH (g)-[:BASED_IN]->(seat:Place)
WITH g, collect(seat.places + seat.place_names) AS homes
WHERE coalesce($about, 'large_share') = 'large_share' AND ($place IS NULL OR any(d IN $place WHERE d IN g.places OR d IN g.place_names OR any(home IN homes WHERE d IN home)))
MATCH (g)<-[h:HOLDS_POST]-(p:Person)
WHERE coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
WITH g, collect(DISTINCT p.id) AS people
MATCH (g)<-[h:HOLDS_POST]-(p:Person)-[k:HOLDS_POST]->(x)
WHERE x.id <> g.id AND coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~') AND coalesce(k.possible_from, '') <= $as_of AND $as_of < coalesce(k.possible_to, '~')
WITH g, size(people) AS members, CASE x.type WHEN 'PropertyFirm' THEN '物业公司' ELSE k.role END AS kind, count(DISTINCT p.id) AS of_kind,
     collect(h.claims + k.claims) AS found, collect((h.sure AND coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~')) AND (k.sure AND coalesce(k.sure_from, '') <= $as_of AND $as_of < coalesce(k.sure_to, '~'))) AS there
WHERE kind IS NOT NULL AND of_kind > $share * members + 0.000001
RETURN g {.id, .name} AS committee, 'large_share' AS about, null AS person, kind AS kind, members AS members, of_kind AS of_kind,
       CASE WHEN all(x IN there WHERE x) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY g.name, g.id, kind
