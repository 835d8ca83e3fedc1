// id: Q05
// title: 某人担任哪些组织的哪些职务 | Posts of a person
// for: auditor
// parameter person: actor, the holder, e.g. 林望舒
// parameter as_of: date, optional; without it every term is listed
// column person: the holder, id and name
// column organization: the body, or the place that stands for its bodies, with id, name and type
// column place: the nearest place that the body lies in
// column role: the post as the vocabulary names it
// column manner: how it is held, e.g. concurrent, dispatched, part_time
// column valid: the term in the words of the claims
// column holds: yes or possibly on that day; without a day, whether it surely held on any day
// column claims: ids of the claims behind the row
// means: somebody with this name held the post. Two people of one name give rows with two ids.
// does not mean: that there were no other posts; nobody's posts are complete outside a register of posts.
UNWIND $person AS id
MATCH (p:Entity {id: id})-[h:HOLDS_POST]->(o:Entity)
WHERE $as_of IS NULL OR (coalesce(h.possible_from, '') <= $as_of AND $as_of < coalesce(h.possible_to, '~'))
RETURN p {.id, .name} AS person, o {.id, .name, .type} AS organization, o.place AS place, h.role AS role, h.manner AS manner, h.valid AS valid,
       CASE WHEN h.sure AND ($as_of IS NULL OR (coalesce(h.sure_from, '') <= $as_of AND $as_of < coalesce(h.sure_to, '~')))
            THEN 'yes' ELSE 'possibly' END AS holds,
       h.claims AS claims
ORDER BY p.name, p.id, o.name, o.id, coalesce(h.role, ''), coalesce(h.possible_from, ''), h.id
