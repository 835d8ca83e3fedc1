// id: Q19, R46
// title: 某地哪些业委会的公章不在或未见在所属社区党组织手中 | Owners' committees whose seal is not, or not known to be, with their own community party organisation
// for: auditor
// parameter district: place, the compound lies in it, e.g. 白云区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column committee: the owners' committee, id and name
// column compound: the compound it is based in, id and name
// column held_by: names of others who hold the seal on that day, surely or possibly
// column holds: yes if another surely holds it, else possibly
// column because: elsewhere (another surely holds it), uncertain (its holding, by whom it may be, is possible only), none_recorded
// column claims: ids of the claims about the committee, its seat and those who hold the seal
// means: no party organisation based in the community of the compound, and no 社区党委 or 社区党支部 whose nearest known place holds the compound, surely keeps the seal on that day.
// does not mean: with possibly, that the seal is elsewhere.
MATCH (o:OwnersCommittee)-[s:BASED_IN]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names) AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH o, c, collect(s.claims) AS seats
OPTIONAL MATCH (o)<-[r:HOLDS_SEAL_OF]-(z)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
OPTIONAL MATCH (z)-[:BASED_IN]->(at:Community)
WITH o, c, seats, r, z, collect(at.id) AS homes
WITH o, c, seats, r, z, z:PartyOrg AND (any(h IN homes WHERE h IN c.places)
     OR (coalesce(z.subtype, '') IN ['社区党委', '社区党支部'] AND coalesce(z.places[0], '') IN c.places)) AS own
ORDER BY z.name
WITH o, c, seats, collect(CASE WHEN NOT own THEN z.name END) AS others, collect(r.claims) AS found,
     collect(own AND (r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~'))) AS sure, collect(NOT own AND (r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~'))) AS elsewhere
WHERE NOT any(x IN sure WHERE x)
WITH o, c, seats, others, found, CASE WHEN any(x IN elsewhere WHERE x) THEN 'elsewhere' WHEN size(found) > 0 THEN 'uncertain' ELSE 'none_recorded' END AS because
RETURN o {.id, .name} AS committee, c {.id, .name} AS compound, others AS held_by,
       CASE because WHEN 'elsewhere' THEN 'yes' ELSE 'possibly' END AS holds, because AS because,
       reduce(all = o.claims, ids IN seats + found | all + ids) AS claims
ORDER BY c.name, c.id, o.name, o.id
