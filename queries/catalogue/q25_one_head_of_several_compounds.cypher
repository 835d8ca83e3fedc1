// id: Q25
// title: 同一书记或主任是否同时任职于多个小区 | Secretaries or chairs who serve more than one compound at once
// for: auditor
// parameter role: text, the post, e.g. 支部书记
// parameter place: place, optional, one of the compounds lies in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column person: the holder, id and name
// column bodies: in how many bodies the post is held on that day
// column compounds: names of the compounds
// column holds: yes if it is surely more than one compound on that day, else possibly
// column claims: ids of the claims behind the posts and the seats
// means: on that day one person holds the post in bodies that are based in, or cover, two or more compounds. With one body it is a joint branch, which is meant to.
// does not mean: that the posts conflict. A seat narrows the day only where a source dates it.
MATCH (p:Person)-[h:HOLDS_POST]->(o)
WHERE h.role = $role AND coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~')
MATCH (o)-[s:BASED_IN|COVERS]->(c:Compound)
WHERE s.valid IS NULL OR (coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~'))
WITH p, c, collect(DISTINCT o.id) AS bodies, collect(h.claims + s.claims) AS found,
     any(x IN collect((h.sure AND coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~')) AND (s.valid IS NULL OR (s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~')))) WHERE x) AS sure
ORDER BY c.name, c.id
WITH p, count(c) AS compounds, collect(c.name) AS names, collect(bodies) AS bodies, sum(CASE WHEN sure THEN 1 ELSE 0 END) AS surely, collect(reduce(all = [], ids IN found | all + ids)) AS found,
     collect(c.places + c.place_names) AS places
WHERE compounds > 1 AND ($place IS NULL OR any(d IN $place WHERE any(ids IN places WHERE d IN ids)))
UNWIND bodies AS ids
UNWIND ids AS body
WITH p, compounds, names, surely, found, count(DISTINCT body) AS bodies
RETURN p {.id, .name} AS person, bodies AS bodies, names AS compounds, CASE WHEN surely > 1 THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY compounds, p.name, p.id
