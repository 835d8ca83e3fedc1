// id: Q37
// title: 同一人在同一重大事项“四议”的两个以上环节任职 | Major matters in which one person holds posts in the bodies of two or more of the four steps
// for: auditor
// parameter place: place, optional, the matter or one of the bodies lies in it, e.g. 白云区
// parameter since: date, optional, matters decided from that day on; a matter without a date is left out
// parameter as_of: date, optional; only steps taken by that day
// column matter: the matter, id and name
// column kind: its kind
// column person: the holder of the posts, id and name
// column steps: 提议, 商议, 审议 and 决议, as far as bodies took them in which the person was in office
// column holds: yes if the person was surely in office at the time of each of two steps, else possibly
// column claims: ids of the claims behind the steps and the posts
// means: bodies in which the person held a post at the time took different steps in one matter. A step without a date counts at any time.
// does not mean: that the person was present. Steps that people took in their own name are not asked about.
MATCH (m:MajorMatter)<-[r:PROPOSES|DELIBERATES|REVIEWS|RESOLVES]-(x:Organization)
WHERE ($since IS NULL OR m.date >= $since) AND ($as_of IS NULL OR coalesce(r.possible_from, '') <= $as_of)
MATCH (x)<-[h:HOLDS_POST]-(p:Person)
WHERE coalesce(h.possible_from, '') < coalesce(r.possible_to, '~') AND coalesce(r.possible_from, '') < coalesce(h.possible_to, '~')
WITH m, p, CASE type(r) WHEN 'PROPOSES' THEN '1提议' WHEN 'DELIBERATES' THEN '2商议' WHEN 'REVIEWS' THEN '3审议' ELSE '4决议' END AS step,
     coalesce(x.places, []) + coalesce(x.place_names, []) AS seat, r.claims + h.claims AS found,
     r.sure AND h.sure AND coalesce(h.sure_from, '') <= coalesce(r.sure_from, '') AND coalesce(r.sure_to, '~') <= coalesce(h.sure_to, '~') AS sure
ORDER BY step
WITH m, p, step, collect(seat) AS seats, collect(found) AS found, any(y IN collect(sure) WHERE y) AS sure
ORDER BY step
WITH m, p, collect(substring(step, 1)) AS steps, collect(reduce(all = [], ids IN seats | all + ids)) AS seats, collect(reduce(all = [], ids IN found | all + ids)) AS found, sum(CASE WHEN sure THEN 1 ELSE 0 END) AS surely
WHERE size(steps) > 1 AND ($place IS NULL OR any(d IN $place WHERE d IN m.places OR d IN m.place_names OR any(seat IN seats WHERE d IN seat)))
RETURN m {.id, .name} AS matter, m.kind AS kind, p {.id, .name} AS person, steps AS steps, CASE WHEN surely > 1 THEN 'yes' ELSE 'possibly' END AS holds,
       reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY size(steps) DESC, m.name, m.id, p.name, p.id
