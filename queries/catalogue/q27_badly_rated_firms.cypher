// id: Q27
// title: 黑榜或低于某星级的物业公司管理哪些小区，那里的物业公司和业委会由谁监督 | Compounds served by firms on the black list or below a number of stars, and who supervises firm and committee there
// for: researcher
// parameter stars: integer, default 3; fewer stars than this, of the firm or of its service in the compound
// parameter list: text, default 黑榜; or on this list
// parameter place: place, optional, the compound lies in it, e.g. 南山区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column firm: the firm, id and name
// column compound: the compound, id and name
// column stars: stars for the service there, else for the firm; null where none are recorded
// column list: the list it is on, null where no source says
// column supervise_firm: names of those who supervise or guide the firm on that day, surely or possibly
// column supervise_committee: names of those who supervise or guide the owners' committee of the compound
// column holds: yes or possibly, whether the firm serves the compound on that day
// column claims: ids of the claims about the firm, the contract and the supervision
// means: the firm is on the list, or has fewer stars, and serves the compound.
// does not mean: that the rating is of that day; it has no date. Supervision that stands in a rule alone is not listed.
MATCH (f:PropertyFirm)-[s:SERVES]->(c:Compound)
WHERE (coalesce(s.stars, f.stars, $stars) < $stars OR f.list = $list) AND ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
OPTIONAL MATCH (x)-[r:SUPERVISES|GUIDES]->(f)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH f, s, c, x, r ORDER BY x.name
WITH f, s, c, collect(DISTINCT x.name) AS of_firm, collect(r.claims) AS found
OPTIONAL MATCH (c)<-[:BASED_IN]-(o:OwnersCommittee)<-[r:SUPERVISES|GUIDES]-(x)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH f, s, c, of_firm, found, x, r ORDER BY x.name
WITH f, s, c, of_firm, found, collect(DISTINCT x.name) AS of_committee, collect(r.claims) AS more
RETURN f {.id, .name} AS firm, c {.id, .name} AS compound, coalesce(s.stars, f.stars) AS stars, f.list AS list,
       of_firm AS supervise_firm, of_committee AS supervise_committee,
       CASE WHEN s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~') THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = f.claims + s.claims, ids IN found + more | all + ids) AS claims
ORDER BY f.name, f.id, c.name, c.id, s.id
