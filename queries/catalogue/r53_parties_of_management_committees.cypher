// id: R53
// title: 小区管理委员会由哪些方面组成 | The parties that make up a compound management committee
// for: researcher
// parameter place: place, optional, the committee lies or is based in it, e.g. 翠薇园小区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column management: the management committee, id and name
// column parties: the types of its members on that day, surely or possibly, each once
// column n: how many types
// column holds: yes if all of them are surely members, else possibly
// column claims: ids of the claims about the membership
// means: a list of what kinds of actor the committee is made up of; five are meant to be there (branch, grid officer, firm, owners' committee, building heads).
// does not mean: that the list is complete. Who heads it is asked by Q30.
MATCH (m:CompoundManagementCommittee)<-[r:MEMBER_OF]-(x)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH m, x.type AS kind, collect(r.claims) AS found, any(y IN collect(r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')) WHERE y) AS sure
ORDER BY kind
WITH m, collect(kind) AS parties, collect(reduce(all = [], ids IN found | all + ids)) AS found, collect(sure) AS sure
OPTIONAL MATCH (m)-[:BASED_IN*1..2]->(seat:Place)
WITH m, parties, found, sure, collect(seat.places + seat.place_names) AS homes
WHERE $place IS NULL OR any(d IN $place WHERE d IN m.places OR d IN m.place_names OR any(home IN homes WHERE d IN home))
RETURN m {.id, .name} AS management, parties AS parties, size(parties) AS n, CASE WHEN all(x IN sure WHERE x) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY m.name, m.id
