// id: Q18, R45
// title: 哪些重大事项缺少“四议”中的某一步、次序颠倒或未两次公开 | Major matters without one of the four deliberations, with these out of order, or not disclosed twice
// for: auditor
// parameter place: place, optional, the matter or one of the bodies that took a step lies in it, e.g. 白云区
// parameter kind: text, optional, without it the four kinds for which the steps are laid down, e.g. 选聘物业公司
// parameter since: date, optional, matters decided from that day on; a matter without a date is asked about as well
// parameter as_of: date, default day; without it the newest day that a source speaks of
// column matter: the matter, id and name
// column kind: its kind
// column missing: steps for which nothing is recorded up to that day: 提议 (a party organisation), 商议 (the owners' committee), 审议 (a party organisation), 决议 (the owners' assembly), 公开 (fewer than two disclosures)
// column disordered: whether a step was surely taken before the one that should precede it
// column holds: yes if steps are surely out of order; else possibly, as nothing says that every step was written down
// column claims: ids of the claims about the matter and its steps
// means: a step is missing from the records, or the dates of two steps contradict the order.
// does not mean: with possibly, that a step was left out. Where several bodies took a step, only dates that are out of order for all of them count.
MATCH (m:MajorMatter)
WHERE CASE WHEN $kind IS NULL THEN m.kind IN ['选聘物业公司', '大额资金使用', '重大项目建设', '业委会成员调整'] ELSE m.kind = $kind END
  AND ($since IS NULL OR coalesce(m.date, $since) >= $since) AND coalesce(m.date, $as_of) <= $as_of
OPTIONAL MATCH (m)<-[r:PROPOSES|DELIBERATES|REVIEWS|RESOLVES|DISCLOSES]-(x)
WHERE coalesce(r.possible_from, r.date, '') <= $as_of
WITH m, r, x, type(r) AS step, coalesce(r.possible_from, r.date) AS first, coalesce(r.possible_to, r.date + '~') AS after
WITH m, collect(coalesce(x.places, []) + coalesce(x.place_names, [])) AS seats, collect(r.claims) AS found,
     count(CASE WHEN step = 'PROPOSES' AND x:PartyOrg THEN 1 END) AS n1, min(CASE step WHEN 'PROPOSES' THEN first END) AS f1,
     count(CASE WHEN step = 'DELIBERATES' AND x:OwnersCommittee THEN 1 END) AS n2, min(CASE step WHEN 'DELIBERATES' THEN first END) AS f2, max(CASE step WHEN 'DELIBERATES' THEN after END) AS t2,
     count(CASE WHEN step = 'REVIEWS' AND x:PartyOrg THEN 1 END) AS n3, min(CASE step WHEN 'REVIEWS' THEN first END) AS f3, max(CASE step WHEN 'REVIEWS' THEN after END) AS t3,
     count(CASE WHEN step = 'RESOLVES' AND x:OwnersAssembly THEN 1 END) AS n4, max(CASE step WHEN 'RESOLVES' THEN after END) AS t4,
     count(CASE step WHEN 'DISCLOSES' THEN 1 END) AS n5
WHERE $place IS NULL OR any(d IN $place WHERE d IN m.places OR d IN m.place_names OR any(seat IN seats WHERE d IN seat))
WITH m, found, coalesce(f1 >= t2, false) OR coalesce(f2 >= t3, false) OR coalesce(f3 >= t4, false) AS disordered,
     CASE WHEN n1 = 0 THEN ['提议'] ELSE [] END + CASE WHEN n2 = 0 THEN ['商议'] ELSE [] END + CASE WHEN n3 = 0 THEN ['审议'] ELSE [] END +
     CASE WHEN n4 = 0 THEN ['决议'] ELSE [] END + CASE WHEN n5 < 2 THEN ['公开'] ELSE [] END AS missing
WHERE disordered OR size(missing) > 0
RETURN m {.id, .name} AS matter, m.kind AS kind, missing AS missing, disordered AS disordered,
       CASE WHEN disordered THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = m.claims, ids IN found | all + ids) AS claims
ORDER BY coalesce(m.date, ''), m.name, m.id
