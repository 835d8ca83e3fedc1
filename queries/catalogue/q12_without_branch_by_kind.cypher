// id: Q12, R41
// title: 某街道的哪些小区（含外卖地）、居民小组还没有党支部 | Compounds, independent areas and residents' groups of a sub-district without a branch
// for: organisation department
// parameter sub_district: place, they lie or are based in it, e.g. 坂田街道
// parameter kinds: list, default Compound、ResidentsGroup; the types asked about, e.g. Compound、ResidentsGroup、ResidentsCommittee
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column unit: the compound, group or committee, with id, name and type
// column category: its kind of housing, null where no source says
// column holds: yes or possibly, whether it is known to have none on that day
// column because: register (a complete register lists none), no_register (none is recorded, and no register is complete), uncertain (one is there possibly)
// column claims: ids of the claims about the unit, the register and the branches possibly there
// means: no party organisation is surely based in the unit, based on its owners' committee or covering it on that day. A firm's own branch (行业建) counts for nothing.
// does not mean: with possibly, that there is none. The branch of a group is not taken for one of the village that the group manages.
OPTIONAL MATCH (g:Register)
WHERE g.of IN ['PartyOrg', 'Organization', 'Actor', 'Entity'] AND coalesce(g.from, '') <= $as_of AND $as_of < coalesce(g.to, '~')
WITH collect({place: coalesce(g.place_id, g.place), claims: g.claims}) AS registers
MATCH (x:Actor)
WHERE x.type IN $kinds
WITH registers, x, reduce(all = coalesce(x.places, []), ids IN [(x)-[:BASED_IN]->(at:Place) | coalesce(at.places, [])] | all + ids) AS places
WHERE any(d IN $sub_district WHERE d IN places OR d IN x.place_names)
WITH registers, x, places + x.place_names AS lies,
     [(x)<-[seat:BASED_IN|COVERS*1..2]-(b:PartyOrg)
      WHERE all(s IN seat[..-1] WHERE startNode(s).type = 'OwnersCommittee') AND coalesce(seat[-1].form, b.form, '') <> '行业建'
        AND all(s IN seat WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')) |
      {claims: reduce(all = [], s IN seat | all + s.claims),
       sure: all(s IN seat WHERE s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~'))}] AS seats
WHERE NOT any(s IN seats WHERE s.sure)
WITH x, [s IN seats | s.claims] AS found, [g IN registers WHERE size(seats) = 0 AND g.place IN lies | g.claims] AS closed
WITH x, found, closed, CASE WHEN size(found) > 0 THEN 'uncertain' WHEN size(closed) > 0 THEN 'register' ELSE 'no_register' END AS because
RETURN x {.id, .name, .type} AS unit, x.category AS category,
       CASE because WHEN 'register' THEN 'yes' ELSE 'possibly' END AS holds, because AS because,
       reduce(all = x.claims, ids IN found + closed | all + ids) AS claims
ORDER BY x.type, x.name, x.id
