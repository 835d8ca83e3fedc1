// id: Q06
// title: 某地哪些物业公司没有党组织，各管理几个小区 | Property firms without a party organisation, and how many compounds each manages
// for: organisation department
// parameter district: place, the firm lies in it or serves a compound there, e.g. 南山区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column firm: the firm, id and name
// column compounds: how many compounds of the place it surely serves on that day
// column possibly: how many more it possibly serves
// column holds: yes or possibly, whether it is known to have no party organisation on that day
// column because: register (a complete register of the place where the firm lies lists none), no_register (none is recorded, and no register is complete), uncertain (one is there possibly)
// column claims: ids of the claims about the firm, its contracts there, the register and the organisations possibly there
// means: no party organisation is surely based on the firm, founded for it as its own, or joined by it on that day.
// does not mean: with possibly, that there is none. A branch in a compound that the firm serves is not the firm's.
OPTIONAL MATCH (g:Register)
WHERE g.of IN ['PartyOrg', 'Organization', 'Actor', 'Entity'] AND coalesce(g.from, '') <= $as_of AND $as_of < coalesce(g.to, '~')
WITH collect({place: coalesce(g.place_id, g.place), claims: g.claims}) AS registers
MATCH (f:PropertyFirm)
WITH f, [g IN registers WHERE g.place IN f.places + f.place_names] AS registers
OPTIONAL MATCH (f)-[s:SERVES]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
  AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH registers, f, count(DISTINCT c.id) AS served, collect(s.claims) AS contracts,
     count(DISTINCT CASE WHEN s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~') THEN c.id END) AS surely
WHERE served > 0 OR any(d IN $district WHERE d IN f.places OR d IN f.place_names)
OPTIONAL MATCH (f)-[r:BASED_IN|HAS_OWN_BRANCH|JOINS_JOINT_BRANCH]-(:PartyOrg)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH registers, f, served, surely, contracts, collect(r.claims) AS found,
     collect(r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')) AS sure
WHERE NOT true IN sure
WITH f, served, surely, contracts, found, [g IN registers WHERE size(found) = 0 | g.claims] AS closed
WITH f, served, surely, contracts, found, closed,
     CASE WHEN size(found) > 0 THEN 'uncertain' WHEN size(closed) > 0 THEN 'register' ELSE 'no_register' END AS because
RETURN f {.id, .name} AS firm, surely AS compounds, served - surely AS possibly,
       CASE because WHEN 'register' THEN 'yes' ELSE 'possibly' END AS holds, because AS because,
       reduce(all = f.claims, ids IN contracts + found + closed | all + ids) AS claims
ORDER BY compounds DESC, possibly DESC, f.name, f.id
