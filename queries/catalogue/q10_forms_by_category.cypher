// id: Q10
// title: 某地各类小区的党组织分别以何种形式组建 | Forms in which party organisations are set up, by category of compound
// for: researcher
// parameter district: place, the compounds lie in it, e.g. 龙岗区
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column category: the kind of housing, null where no source says
// column form: 单独建, 联合建, 区域建, 临时建, 派驻建, 连片组建 and so on, null where no source says
// column holds: yes or possibly, whether the organisations are there on that day
// column organisations: how many party organisations of that form are in compounds of that category
// column compounds: how many compounds they are in
// column claims: ids of the claims about the organisations, their seats and the compounds
// means: a count of recorded seats: based in the compound, based on its owners' committee, or covering it. The form given for the compound goes before the form of the organisation.
// does not mean: a share of all compounds. An organisation in compounds of two categories counts in both.
MATCH (b:PartyOrg)-[seat:BASED_IN|COVERS*1..2]->(c:Compound)
WHERE all(s IN seat[..-1] WHERE endNode(s).type = 'OwnersCommittee') AND any(d IN $district WHERE d IN c.places OR d IN c.place_names)
  AND all(s IN seat WHERE coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~'))
WITH b, c, coalesce(seat[0].form, b.form) AS form, collect(reduce(all = b.claims + c.claims, s IN seat | all + s.claims)) AS found,
     any(x IN collect(all(s IN seat WHERE s.sure AND coalesce(s.sure_from, '') <= $as_of AND $as_of < coalesce(s.sure_to, '~'))) WHERE x) AS sure
WITH c.category AS category, form, CASE WHEN sure THEN 'yes' ELSE 'possibly' END AS holds, count(DISTINCT b.id) AS organisations,
     count(DISTINCT c.id) AS compounds, collect(reduce(all = [], ids IN found | all + ids)) AS found
RETURN category AS category, form AS form, holds AS holds, organisations AS organisations, compounds AS compounds,
       reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY organisations DESC, compounds DESC, coalesce(category, ''), coalesce(form, ''), holds DESC
