// id: R23
// title: 小区党支部定期召开意见征询会议 | The branch holds regular meetings to hear the owners
// for: organisation department
// parameter place: place, optional, only what lies in it, e.g. 龙岗区
// parameter since: date, optional, without it only branches for which no dated meeting is recorded at all
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column branch: the branch, id and name
// column compound: the compound, id and name
// column last_meeting: the last day on which one may have begun, null where none with a date is recorded
// column holds: always possibly, as no register lists meetings
// column claims: ids of the claims about the seat and the meetings
// means: no meeting (意见征询, 征求意见) that the branch convened is recorded from the day asked about to that day.
// does not mean: that there was none. A meeting without a date counts for nothing.
MATCH (b:PartyOrg)-[t:BASED_IN]->(c:Compound)
WHERE ($place IS NULL OR any(d IN $place WHERE d IN c.places OR d IN c.place_names)) AND coalesce(t.possible_from, '') <= $as_of AND $as_of < coalesce(t.possible_to, '~')
  AND coalesce(b.subtype, '') <> '党小组' AND coalesce(t.form, b.form, '') <> '行业建'
WITH b, c, collect(t.claims) AS seats
WITH b, c, seats, [(b)-[k:CONVENES]->(m) WHERE coalesce(k.possible_from, k.date, '') <= $as_of
       AND (m.name CONTAINS '征询' OR m.name CONTAINS '征求意见' OR coalesce(m.subtype, '') = '报告和征询制度') |
     {on: coalesce(k.possible_from, k.date, ''), claims: k.claims}] AS meetings
WITH b, c, seats, [k IN meetings | k.claims] AS found, reduce(last = '', k IN meetings | CASE WHEN k.on > last THEN k.on ELSE last END) AS last
WHERE last = '' OR last < $since
RETURN b {.id, .name} AS branch, c {.id, .name} AS compound, CASE WHEN last > '' THEN last END AS last_meeting, 'possibly' AS holds,
       reduce(all = [], ids IN seats + found | all + ids) AS claims
ORDER BY c.name, c.id, b.name, b.id
