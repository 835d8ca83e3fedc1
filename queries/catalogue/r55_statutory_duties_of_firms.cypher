// id: R55
// title: 物业公司落实146项法定职责 | Firms meet their 146 statutory duties
// for: auditor
// parameter place: place, optional, the firm serves a compound in it, e.g. 罗湖区
// parameter duties: integer, default 146; how many there are
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column firm: the firm, id and name
// column duties_met: how many it was found to meet
// column government_contracts: how many governments, departments or places purchase services from it on that day, surely or possibly
// column holds: yes if it surely serves a compound of the place on that day, else possibly
// column claims: ids of the claims about the firm, its contracts there and the purchases
// means: the firm was found to meet fewer duties than there are.
// does not mean: that it is so on that day; the number has no date. Firms without a number are left out.
MATCH (f:PropertyFirm)-[s:SERVES]->(c:Compound)
WHERE f.duties_met < $duties AND ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH f, collect(s.claims) AS contracts, any(x IN collect(s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~')) WHERE x) AS serves
OPTIONAL MATCH (f)<-[k:PURCHASES_SERVICE_FROM]-(g)
WHERE (g:Government OR g:GovDepartment OR g:Place) AND coalesce(k.possible_from, '') <= $as_of AND $as_of < coalesce(k.possible_to, '~')
WITH f, contracts, serves, count(DISTINCT g.id) AS bought, collect(k.claims) AS found
RETURN f {.id, .name} AS firm, f.duties_met AS duties_met, bought AS government_contracts, CASE WHEN serves THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = f.claims, ids IN contracts + found | all + ids) AS claims
ORDER BY f.name, f.id
