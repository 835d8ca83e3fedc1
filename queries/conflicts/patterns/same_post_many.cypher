// id: same_post_many
// title: 同一人在多个小区任书记或业委会主任 | Secretary, or chair of the committee, in several compounds
// parameter places: ids or names of a place, optional; one of the compounds lies in it
// finds: one person who heads the branches, or the owners' committees, of two compounds; three compounds give three rows.
// does not show: a branch that covers several compounds by itself.
MATCH (p:Person)-[w:HOLDS_POST]->(a:Organization)-[x:BASED_IN|COVERS]->(k:Compound)
WHERE w.role IN $branch_heads OR w.role IN $committee_heads
WITH p, w, a, x, k
MATCH (p)-[h:HOLDS_POST]->(b:Organization)
WHERE a.id < b.id AND ((w.role IN $branch_heads AND h.role IN $branch_heads) OR (w.role IN $committee_heads AND h.role IN $committee_heads))
WITH p, w, a, x, k, h, b
MATCH (b)-[y:BASED_IN|COVERS]->(l:Compound)
WHERE k <> l AND ($places IS NULL OR any(at IN $places WHERE at IN k.places + l.places OR at IN k.place_names + l.place_names))
RETURN [n IN [p, a, k, a, p, b, l, b, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, x, x, w, h, y, y, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
