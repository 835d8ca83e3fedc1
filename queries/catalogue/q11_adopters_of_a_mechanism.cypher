// id: Q11
// title: 哪些地方和组织采用、召集或牵头某一机制 | Places and bodies that adopted, convene or lead a mechanism
// for: researcher
// parameter mechanism: text, part of its name, of an alias or of its kind, e.g. 四位一体
// parameter as_of: date, optional; without it every term is listed
// column mechanism: the mechanism, id and name
// column actor: the place or body, with id, name and type
// column does: ADOPTED (in force there), CONVENES or LEADS
// column place: the nearest place that the actor lies in
// column valid: the term in the words of the claims
// column holds: yes or possibly on that day; without a day, whether it surely held on any day
// column claims: ids of the claims behind the row
// means: a source says that the place or body works with, calls or leads a mechanism of that name.
// does not mean: that mechanisms of one name are one and the same, or that others do not use it.
MATCH (m:Mechanism)
WHERE m.name CONTAINS $mechanism OR coalesce(m.subtype, '') CONTAINS $mechanism OR any(a IN m.aliases WHERE a CONTAINS $mechanism)
MATCH (x:Actor)-[r:ADOPTED|CONVENES|LEADS]->(m)
WHERE $as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~'))
RETURN m {.id, .name} AS mechanism, x {.id, .name, .type} AS actor, type(r) AS does, x.place AS place, r.valid AS valid,
       CASE WHEN r.sure AND ($as_of IS NULL OR (coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))
            THEN 'yes' ELSE 'possibly' END AS holds,
       r.claims AS claims
ORDER BY m.name, m.id, does, x.name, x.id, r.id
