// id: Q01, R03
// title: 某地哪些小区没有任何党组织覆盖（含联建、派驻） | Compounds without any party organisation, own, joint or dispatched
// for: organisation department
// parameter district: place, the compounds lie in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column category: its kind of housing, null where no source says
// column place: the nearest place it lies in
// column holds: yes or possibly, whether it is known to be uncovered on that day
// column because: register (a complete register lists none), no_register (none is recorded, and no register is complete), uncertain (one is there possibly)
// column claims: ids of the claims about the compound, the register and the organisations possibly there
// means: no branch is surely based in the compound, based on its owners' committee or covering it on that day. A firm's own branch (行业建) covers nothing.
// does not mean: with possibly, that there is none; only a complete register shows that.
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
WHERE NOT any(s IN seats WHERE s.sure)
WITH c, [s IN seats | s.claims] AS found, [g IN registers WHERE size(seats) = 0 AND g.place IN lies | g.claims] AS closed
WITH c, found, closed, CASE WHEN size(found) > 0 THEN 'uncertain' WHEN size(closed) > 0 THEN 'register' ELSE 'no_register' END AS because
RETURN c {.id, .name} AS compound, c.category AS category, c.place AS place,
       CASE because WHEN 'register' THEN 'yes' ELSE 'possibly' END AS holds, because AS because,
       reduce(all = c.claims, ids IN found + closed | all + ids) AS claims
ORDER BY coalesce(c.place, ''), c.name, c.id
