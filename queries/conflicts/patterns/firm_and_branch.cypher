// id: firm_and_branch
// title: 物业公司任职者同时任其服务小区的支部书记、副书记或委员 | A post in the property firm and a seat on the branch of a compound it serves
// finds: one person with any post in a property firm and a seat (secretary, deputy or member of the committee) in a party branch that is based in or covers a compound that the firm serves.
// does not show: a party-building instructor, who has no seat; the firm's own branch, unless it is based in or covers the compound.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(f:PropertyFirm)
MATCH (p)-[h:HOLDS_POST]->(z:PartyOrg)
WHERE h.role IN $branch_seats
WITH p, w, f, h, z
MATCH (z)-[b:BASED_IN|COVERS]->(k:Compound)
WITH p, w, f, h, z, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, f, k, z, [w, s, b, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, f, k, z, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
