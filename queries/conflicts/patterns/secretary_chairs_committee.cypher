// id: secretary_chairs_committee
// title: 支部书记、党总支书记兼任同一小区业委会主任 | The branch secretary chairs the owners' committee of the same compound
// finds: one person who is secretary of a branch or general branch of a compound, and chair of its owners' committee.
// does not show: deputies and members, or whether the branch supervises the committee; a norm may want this double post.
MATCH (p:SeveralBodies)-[h:HOLDS_POST]->(c:OwnersCommittee)
WHERE h.role = '业委会主任'
WITH p, h, c
MATCH (p)-[w:HOLDS_POST]->(z:PartyOrg)
WHERE w.role IN ['支部书记', '党总支书记']
WITH p, h, c, w, z
MATCH (c)-[y:BASED_IN]->(k:Compound)
WITH p, h, c, w, z, y, k
MATCH (k)<-[x:BASED_IN|COVERS]-(z)
WITH p, z, k, c, [w, x, y, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, z, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
