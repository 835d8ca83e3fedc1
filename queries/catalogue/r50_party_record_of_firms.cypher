// id: R50
// title: 物业公司的信用等级、党员比例和党组织 | Credit grade, share of party members and party organisations of firms
// for: organisation department
// parameter place: place, optional, the firm serves a compound in it, e.g. 白云区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column firm: the firm, id and name
// column credit_grade: its grade, null where no source says
// column share: members among its staff, 0 to 1; null where either number is missing
// column organisations: how many party organisations are based on it on that day, surely or possibly
// column holds: yes if it surely serves a compound of the place and all of those are surely there, else possibly
// column claims: ids of the claims about the firm, its contracts there and the organisations
// means: a list of what the rating is to take into account.
// does not mean: that the grade was given for that record, or that grade and share are those of that day; they have no date.
MATCH (f:PropertyFirm)-[s:SERVES]->(c:Compound)
WHERE ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH f, collect(s.claims) AS contracts, any(x IN collect(s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~')) WHERE x) AS serves
OPTIONAL MATCH (f)<-[r:BASED_IN]-(b:PartyOrg)
WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')
WITH f, contracts, serves, count(DISTINCT b.id) AS organisations, collect(r.claims) AS found, collect(r.sure AND coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')) AS sure
RETURN f {.id, .name} AS firm, f.credit_grade AS credit_grade, f.party_members * 1.0 / f.employees AS share, organisations AS organisations,
       CASE WHEN serves AND all(x IN sure WHERE x) THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = f.claims, ids IN contracts + found | all + ids) AS claims
ORDER BY f.name, f.id
