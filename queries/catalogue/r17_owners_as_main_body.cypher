// id: R17
// title: 花园小区党支部以业主党员为主体 | In garden compounds owners are the main body of the branch
// for: organisation department
// parameter place: place, optional, only what lies in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column branch: the branch, id and name
// column compound: the garden compound, id and name
// column members: how many people belong to the branch on that day, possibly or surely
// column owners: how many of them are known as owners
// column unknown: of how many no source says what they are
// column holds: yes if even with those the owners are no more than half, and all surely belong to it; else possibly
// column claims: ids of the claims about the compound, the members and their membership
// means: those known as owners are no more than half of the recorded members.
// does not mean: with possibly, that they are. Branches of whom no member is recorded are left out; the other classes of compound are not asked about.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE c.category = '花园小区' AND ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH DISTINCT b, c
MATCH (b)<-[m:MEMBER_OF]-(p:Person)
WHERE coalesce(m.possible_from, '') <= $as_of AND $as_of < coalesce(m.possible_to, '~')
WITH b, c, p, collect(m.claims) AS found, any(x IN collect(m.sure AND coalesce(m.sure_from, '') <= $as_of AND $as_of < coalesce(m.sure_to, '~')) WHERE x) AS there
WITH b, c, count(p) AS members, sum(CASE WHEN p.kind = '业主' THEN 1 ELSE 0 END) AS owners, sum(CASE WHEN p.kind IS NULL THEN 1 ELSE 0 END) AS unknown,
     collect(there) AS there, collect(reduce(all = p.claims, ids IN found | all + ids)) AS found
WHERE owners * 2 <= members
RETURN b {.id, .name} AS branch, c {.id, .name} AS compound, members AS members, owners AS owners, unknown AS unknown,
       CASE WHEN (owners + unknown) * 2 <= members AND all(x IN there WHERE x) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = c.claims, ids IN found | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id
