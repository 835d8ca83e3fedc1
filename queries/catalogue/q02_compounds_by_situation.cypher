// id: Q02, R36
// title: 某地的小区按“有无物业、有无业委会、城中村”各有多少 | Compounds by governance situation: with or without firm and owners' committee, urban village
// for: researcher
// parameter district: place, the compounds lie in it, e.g. 罗湖区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column situation: 有物业有业委会, 有物业无业委会, 无物业有业委会, 无物业无业委会 or 城中村
// column holds: yes or possibly, whether the situation is known: what is there is surely there, what is not is missing from a complete register
// column compounds: how many compounds of the place are in that situation, as far as known in that way
// column claims: ids of the claims about the compounds, their firms and committees, and the registers
// means: a count of recorded compounds. An urban village counts as such whatever else is there; elsewhere a body that is possibly there counts as there.
// does not mean: with possibly, that a firm or a committee is missing; nobody may have recorded it. Compounds that no source names are not counted.
OPTIONAL MATCH (g:Register)
WHERE g.of IN ['PropertyFirm', 'OwnersCommittee', 'Organization', 'Actor', 'Entity'] AND coalesce(g.from, '') <= $as_of AND $as_of < coalesce(g.to, '~')
WITH collect({of: g.of, place: coalesce(g.place_id, g.place), claims: g.claims}) AS registers
MATCH (c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
WITH registers, c, c.places + c.place_names AS lies,
     [(c)<-[r:SERVES]-(:PropertyFirm) WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~') |
      {claims: r.claims, sure: r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')}] AS firms,
     [(c)<-[r:BASED_IN]-(:OwnersCommittee) WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~') |
      {claims: r.claims, sure: r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')}] AS committees
WITH c, firms, committees,
     [g IN registers WHERE size(firms) = 0 AND g.of <> 'OwnersCommittee' AND g.place IN lies | g.claims] AS no_firm,
     [g IN registers WHERE size(committees) = 0 AND g.of <> 'PropertyFirm' AND g.place IN lies | g.claims] AS no_committee
WITH c, [x IN firms + committees | x.claims] + no_firm + no_committee AS found,
     CASE WHEN c.category = '城中村' THEN '城中村'
          ELSE CASE WHEN size(firms) > 0 THEN '有物业' ELSE '无物业' END + CASE WHEN size(committees) > 0 THEN '有业委会' ELSE '无业委会' END END AS situation,
     coalesce(c.category, '') = '城中村' OR ((any(x IN firms WHERE x.sure) OR size(no_firm) > 0) AND (any(x IN committees WHERE x.sure) OR size(no_committee) > 0)) AS known
UNWIND reduce(all = c.claims, ids IN found | all + ids) AS claim
WITH situation, CASE WHEN known THEN 'yes' ELSE 'possibly' END AS holds, count(DISTINCT c.id) AS compounds, collect(DISTINCT claim) AS claims
RETURN situation AS situation, holds AS holds, compounds AS compounds, claims AS claims
ORDER BY situation, holds DESC
