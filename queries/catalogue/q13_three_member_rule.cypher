// id: Q13, R01, R02
// title: 正式党员达到人数而没有单独党支部的小区，或不足人数又未被派驻、联建覆盖的小区 | Compounds that break the three-member rule: enough members and no branch of their own, or too few and not covered
// for: organisation department
// parameter district: place, the compounds lie in it, e.g. 南山区
// parameter k: integer, default 3; how many formal members make a branch of its own
// parameter breaks: text, optional, only one direction: R01 (enough members, no own branch) or R02 (too few, not covered)
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column compound: the compound, id and name
// column formal_members: how many formal members it is said to have
// column breaks: R01 or R02
// column holds: yes or possibly, whether the branch is known to be missing on that day
// column because: register (a complete register lists none), other_form (those there are surely of another form), no_register (none is recorded, and no register is complete), uncertain (one is there possibly, or its form is not known)
// column claims: ids of the claims about the compound, the register and the organisations there
// means: R01 asks for a branch based in the compound or on its owners' committee that is not joint, of an area, temporary, sent or a firm's own; R02 for any that is there or covers it.
// does not mean: that the number of members is that of the day asked about; it has no date. Compounds without a number are left out.
OPTIONAL MATCH (g:Register)
WHERE g.of IN ['PartyOrg', 'Organization', 'Actor', 'Entity'] AND coalesce(g.from, '') <= $as_of AND $as_of < coalesce(g.to, '~')
WITH collect({place: coalesce(g.place_id, g.place), claims: g.claims}) AS registers
MATCH (c:Compound)
WHERE c.formal_members IS NOT NULL AND any(d IN $district WHERE d IN c.places OR d IN c.place_names)
WITH c, [g IN registers WHERE g.place IN c.places + c.place_names] AS registers, CASE WHEN c.formal_members >= $k THEN 'R01' ELSE 'R02' END AS breaks
WHERE breaks = coalesce($breaks, breaks)
OPTIONAL MATCH (c)<-[seat:BASED_IN|COVERS*1..2]-(b:PartyOrg)
WHERE all(s IN seat[..-1] WHERE startNode(s).type = 'OwnersCommittee') AND coalesce(seat[-1].form, b.form, '') <> '行业建'
  AND all(s IN seat WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~'))
WITH registers, c, breaks, b, seat, all(s IN seat WHERE s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~')) AS there, coalesce(seat[-1].form, b.form) AS form
WITH registers, c, breaks, b, seat, there,
     CASE WHEN breaks = 'R02' THEN 'fits' WHEN type(seat[-1]) = 'COVERS' OR form IN ['联合建', '区域建', '连片组建', '临时建', '派驻建'] THEN 'other'
          WHEN form IS NULL THEN 'open' ELSE 'fits' END AS form
WITH registers, c, breaks, count(b) AS branches, collect(reduce(all = [], s IN seat | all + s.claims)) AS found,
     collect(there AND form = 'fits') AS sure, collect(CASE WHEN b IS NOT NULL AND form <> 'other' THEN 1 END) AS maybe
WHERE NOT any(s IN sure WHERE s)
WITH c, breaks, branches, found, maybe, [g IN registers WHERE size(maybe) = 0 | g.claims] AS closed
WITH c, breaks, found, closed,
     CASE WHEN size(maybe) > 0 THEN 'uncertain' WHEN size(closed) = 0 THEN 'no_register' WHEN branches > 0 THEN 'other_form' ELSE 'register' END AS because
RETURN c {.id, .name} AS compound, c.formal_members AS formal_members, breaks AS breaks,
       CASE WHEN because IN ['register', 'other_form'] THEN 'yes' ELSE 'possibly' END AS holds, because AS because,
       reduce(all = c.claims, ids IN found + closed | all + ids) AS claims
ORDER BY breaks, c.name, c.id
