// id: two_of_four_steps
// title: 同一人在同一事项的提议、商议、审议、决议中参与两步 | One person in two of the four steps of one matter
// finds: one person with posts in the bodies that took two different steps (propose, deliberate, review, resolve) in one major matter.
// does not show: whether the person was present at either step.
MATCH (m:MajorMatter)
WITH m
MATCH (m)<-[s:PROPOSES|DELIBERATES|REVIEWS|RESOLVES]-(a:Organization)
WITH m, s, a, CASE type(s) WHEN 'PROPOSES' THEN 1 WHEN 'DELIBERATES' THEN 2 WHEN 'REVIEWS' THEN 3 ELSE 4 END AS first
MATCH (m)<-[t:PROPOSES|DELIBERATES|REVIEWS|RESOLVES]-(o:Organization)
WITH m, s, a, first, t, o, CASE type(t) WHEN 'PROPOSES' THEN 1 WHEN 'DELIBERATES' THEN 2 WHEN 'REVIEWS' THEN 3 ELSE 4 END AS second
WHERE first < second
MATCH (a)<-[w:HOLDS_POST]-(p:Person)
WITH m, s, a, t, o, w, p
MATCH (p)-[h:HOLDS_POST]->(o)
WITH p, a, m, o, [w, s, t, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, a, m, o, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(a.place_names, [])) > 0 THEN a.place_names ELSE o.place_names END AS places,
       [a.places, a.place_names, o.places, o.place_names] AS within
