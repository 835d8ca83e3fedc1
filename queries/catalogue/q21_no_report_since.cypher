// id: Q21, R22
// title: 哪些业委会或物业公司自某日以来未见向小区党组织报告 | Owners' committees and firms for which no report to the branch of the compound is recorded since a day
// for: organisation department
// parameter place: place, optional, the compound lies in it, e.g. 龙岗区
// parameter since: date, optional, without it only those for which no dated report is recorded at all
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column body: the owners' committee or firm, with id, name and type
// column compound: the compound, id and name
// column last_report: the last day on which a report may have begun, null where none with a date is recorded
// column holds: always possibly, as no register lists reports
// column claims: ids of the claims about the seat or contract and the reports
// means: the body is there on that day, surely or possibly, and no report of it to a party organisation that is based in or covers the compound is recorded from the day asked about to that day.
// does not mean: that it did not report. A report without a date counts for nothing.
MATCH (o)-[s:BASED_IN|SERVES]->(c:Compound)
WHERE (o:OwnersCommittee OR o:PropertyFirm) AND ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(s.possible_from, '') <= $as_of AND $as_of < coalesce(s.possible_to, '~')
WITH o, c, collect(s.claims) AS seats
WITH o, c, seats, [(o)-[r:REPORTS_TO]->(:PartyOrg)-[:BASED_IN|COVERS]->(c) WHERE coalesce(r.possible_from, r.date, '') <= $as_of |
     {on: coalesce(r.possible_from, r.date, ''), claims: r.claims}] AS reports
WITH o, c, seats, [r IN reports | r.claims] AS found, reduce(last = '', r IN reports | CASE WHEN r.on > last THEN r.on ELSE last END) AS last
WHERE last = '' OR last < $since
RETURN o {.id, .name, .type} AS body, c {.id, .name} AS compound, CASE WHEN last > '' THEN last END AS last_report, 'possibly' AS holds,
       reduce(all = [], ids IN seats + found | all + ids) AS claims
ORDER BY c.name, c.id, o.name, o.id
