// id: same_post_many
// title: 同一人在多个小区任书记或业委会主任 | Secretary, or chair of the committee, in several compounds
// finds: one person who heads the branches, or the owners' committees, of two compounds; three compounds give three rows.
// does not show: a branch that covers several compounds by itself.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(a:Organization)
WHERE w.role IN $branch_heads OR w.role IN $committee_heads
WITH p, w, a
MATCH (p)-[h:HOLDS_POST]->(b:Organization)
WHERE a.id < b.id AND ((w.role IN $branch_heads AND h.role IN $branch_heads) OR (w.role IN $committee_heads AND h.role IN $committee_heads))
WITH p, w, a, h, b
MATCH (a)-[x:BASED_IN|COVERS]->(k:Compound)
WITH p, w, a, h, b, x, k
MATCH (b)-[y:BASED_IN|COVERS]->(l:Compound)
WHERE k <> l
WITH p, a, k, b, l, [w, x, x, w, h, y, y, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, a, k, a, p, b, l, b, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names, l.places, l.place_names] AS within
