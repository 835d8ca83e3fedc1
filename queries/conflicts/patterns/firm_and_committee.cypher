// id: firm_and_committee
// title: 物业公司任职者同时任其服务小区的业委会成员 | A post in the property firm and in the owners' committee of a compound it serves
// finds: one person with any post in a property firm and any post in the owners' committee of a compound that the firm serves.
// does not show: work for the firm without a recorded post, former employment as such, or a committee that has no recorded seat in the compound.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(f:PropertyFirm)
MATCH (p)-[h:HOLDS_POST]->(c:OwnersCommittee)
WITH p, w, f, h, c
MATCH (c)-[b:BASED_IN]->(k:Compound)
WITH p, w, f, h, c, b, k
MATCH (k)<-[s:SERVES]-(f)
WITH p, f, k, c, [w, s, b, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, f, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       k.place_names AS places,
       [k.places, k.place_names] AS within
