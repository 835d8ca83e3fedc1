// id: firm_and_committee
// title: 物业公司任职者同时任其服务小区的业委会成员 | A post in the property firm and in the owners' committee of a compound it serves
// parameter places: ids or names of a place, optional; the compound lies in it
// finds: one person with any post in a property firm and any post in the owners' committee of a compound that the firm serves.
// does not show: work for the firm without a recorded post, former employment as such, or a committee that has no recorded seat in the compound.
MATCH (c:OwnersCommittee)-[b:BASED_IN]->(k:Compound)<-[s:SERVES]-(f:PropertyFirm)
WHERE $places IS NULL OR any(at IN $places WHERE at IN k.places OR at IN k.place_names)
MATCH (c)<-[h:HOLDS_POST]-(p:Person)
WITH c, b, k, s, f, h, p
MATCH (p)-[w:HOLDS_POST]->(f)
RETURN [n IN [p, f, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, s, b, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places
