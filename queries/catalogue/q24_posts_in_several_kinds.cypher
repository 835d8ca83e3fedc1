// id: Q24
// title: 谁在若干类不同组织任职 | People with posts in several kinds of organisation
// for: auditor
// parameter place: place, optional, one of the bodies lies or is based in it, e.g. 坂田街道
// parameter n: integer, default 3; in at least so many kinds (types) of organisation
// parameter as_of: date, optional; without it all terms together, at once or one after the other
// column person: the holder, id and name
// column kinds: in how many kinds of organisation, surely or possibly
// column posts: how many posts, by role and body
// column holds: yes if the posts that surely hold (on that day; without a day, on any) are of so many kinds, else possibly
// column claims: ids of the claims behind the posts
// means: one person of the graph holds posts in bodies of at least so many types (PartyOrg, OwnersCommittee, PropertyFirm and so on).
// does not mean: that the posts conflict; without a day, that they were held at once.
MATCH (p:Person)
WHERE $n < 2 OR p:SeveralBodies
MATCH (p)-[h:HOLDS_POST]->(o)
WHERE $as_of IS NULL OR (coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~'))
WITH p, o.type AS kind, collect(DISTINCT coalesce(h.role, '') + o.id) AS posts, collect(h.claims) AS found,
     any(x IN collect(h.sure AND ($as_of IS NULL OR (coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~')))) WHERE x) AS sure
WITH p, count(kind) AS kinds, sum(CASE WHEN sure THEN 1 ELSE 0 END) AS surely, sum(size(posts)) AS posts, collect(reduce(all = [], ids IN found | all + ids)) AS found
WHERE kinds >= $n
MATCH (p)-[:HOLDS_POST]->(o)
OPTIONAL MATCH (o)-[:BASED_IN*1..2]->(seat:Place)
WITH p, kinds, surely, posts, found, collect(DISTINCT coalesce(o.places, []) + coalesce(o.place_names, []) + coalesce(seat.places, []) + coalesce(seat.place_names, [])) AS homes
WHERE $place IS NULL OR any(d IN $place WHERE any(home IN homes WHERE d IN home))
RETURN p {.id, .name} AS person, kinds AS kinds, posts AS posts, CASE WHEN surely >= $n THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY kinds DESC, posts DESC, p.name, p.id
