// id: secretary_chairs_committee
// title: 支部书记、党总支书记兼任同一小区业委会主任 | The branch secretary chairs the owners' committee of the same compound
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: one person who is secretary of a branch or general branch of a compound, and chair of its owners' committee.
// does not show: deputies and members, or whether the branch supervises the committee; a norm may want this double post.
MATCH (c:OwnersCommittee)-[y:BASED_IN]->(k:Compound)<-[x:BASED_IN|COVERS]-(z:PartyOrg)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (c)<-[h:HOLDS_POST]-(p:Person)
WHERE h.role = '业委会主任'
WITH c, y, k, x, z, h, p
MATCH (p)-[w:HOLDS_POST]->(z)
WHERE w.role IN ['支部书记', '党总支书记']
RETURN [n IN [p, z, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, x, y, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
