// id: Q23
// title: 某地各街道小区党组织覆盖率的下限和上限 | Rate of compounds covered by a party organisation in each sub-district, lowest and highest
// for: researcher
// parameter district: place, the compounds lie in it, e.g. 南山区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column sub_district: the sub-district, id and name
// column compounds: how many compounds of it are recorded
// column covered: how many are surely covered on that day
// column possibly: how many more are covered possibly
// column uncovered: how many are known to be uncovered: a complete register lists nothing for them
// column unknown: of how many nothing is known
// column lowest: the rate if only those surely covered are covered
// column highest: the rate if only those known to be uncovered are not
// column holds: yes if the two rates are equal, else possibly
// column claims: ids of the claims about the organisations and the registers
// means: coverage as in Q01: based in the compound, based on its owners' committee or covering it; a firm's own branch covers nothing.
// does not mean: a rate of all compounds; those that no source names are not counted. Compounds in no recorded sub-district are left out. `govgraph figures` compares published totals.
OPTIONAL MATCH (g:Register)
WHERE g.of IN ['PartyOrg', 'Organization', 'Actor', 'Entity'] AND coalesce(g.from, '') <= $as_of AND $as_of < coalesce(g.to, '~')
WITH collect({place: coalesce(g.place_id, g.place), claims: g.claims}) AS registers
MATCH (c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
WITH registers, c, c.places + c.place_names AS lies,
     [(c)<-[seat:BASED_IN|COVERS*1..2]-(b:PartyOrg)
      WHERE all(s IN seat[..-1] WHERE startNode(s).type = 'OwnersCommittee') AND coalesce(seat[-1].form, b.form, '') <> '行业建'
        AND all(s IN seat WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')) |
      {claims: reduce(all = [], s IN seat | all + s.claims),
       sure: all(s IN seat WHERE s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~'))}] AS seats
WITH c, [s IN seats | s.claims] AS found, any(s IN seats WHERE s.sure) AS sure, [g IN registers WHERE size(seats) = 0 AND g.place IN lies | g.claims] AS closed
WITH [place IN c.places WHERE place <> c.id] AS places, found + closed AS found,
     CASE WHEN sure THEN 'covered' WHEN size(found) > 0 THEN 'maybe' WHEN size(closed) > 0 THEN 'uncovered' END AS state
WITH places, count(*) AS compounds, sum(CASE state WHEN 'covered' THEN 1 ELSE 0 END) AS covered, sum(CASE state WHEN 'maybe' THEN 1 ELSE 0 END) AS maybe,
     sum(CASE state WHEN 'uncovered' THEN 1 ELSE 0 END) AS uncovered, collect(reduce(all = [], ids IN found | all + ids)) AS found
UNWIND places AS place
MATCH (s:Entity {id: place})
WHERE s:SubDistrict
WITH s, sum(compounds) AS compounds, sum(covered) AS covered, sum(maybe) AS maybe, sum(uncovered) AS uncovered, collect(reduce(all = [], ids IN found | all + ids)) AS found
RETURN s {.id, .name} AS sub_district, compounds AS compounds, covered AS covered, maybe AS possibly, uncovered AS uncovered,
       compounds - covered - maybe - uncovered AS unknown, covered * 1.0 / compounds AS lowest, (compounds - uncovered) * 1.0 / compounds AS highest,
       CASE WHEN covered + uncovered = compounds THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY lowest, s.name, s.id
