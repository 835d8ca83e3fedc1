// id: Q39
// title: 监督、指导、领导、管理关系四步之内回到同一任职者的闭环 | Loops of supervision: a body in which a person holds a given post stands, within four steps, above one in which he or she also holds a post
// for: researcher
// parameter roles: list, the posts in the upper body, e.g. 支部书记、党总支书记、副书记
// parameter as_of: date, optional; without it whatever held at one time
// column person: the holder of both posts, id and name
// column supervisor: the body above, with id, name and type
// column role: the post in it
// column supervised: the body below, with id, name and type
// column steps: how many steps the shortest such chain has
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts and the chains
// means: the first body supervises, guides, leads or manages the second directly or through up to three others, and the person holds the given post in the first and any post in the second at the same time.
// does not mean: that the supervision is exercised, or that it is a conflict. Supervision that stands in a rule alone is not seen.
MATCH (p:Person)-[h:HOLDS_POST]->(a:Organization)
WHERE h.role IN $roles
WITH p, h, a
MATCH (a)-[chain:SUPERVISES|GUIDES|LEADS|MANAGES*1..4]->(z:Organization)
WHERE z.id <> a.id
WITH p, h, a, chain, z
MATCH (p)-[k:HOLDS_POST]->(z)
WITH p, h.role AS role, a, z, size(chain) AS steps, reduce(all = h.claims + k.claims, r IN chain | all + r.claims) AS found, [h, k] + chain AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH p, role, a, z, min(steps) AS steps, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, a {.id, .name, .type} AS supervisor, role AS role, z {.id, .name, .type} AS supervised, steps AS steps,
       CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY p.name, p.id, a.id, role, z.id
