// id: village_company
// title: 支部书记、居民小组组长、股份合作公司董事长为同一人 | Secretary, group head and chair of the village company in one person
// parameter places: ids or names of a place, optional; the residents' group lies in it
// finds: one person who is secretary of a branch, heads the residents' group in which the company is based, and chairs that company; the branch is based in the group, or supervises or leads the company.
// does not show: who decides on the assets of the company; branches that are tied to neither.
MATCH (j:JointStockCompany)-[b:BASED_IN]->(g:ResidentsGroup)<-[i:HOLDS_POST]-(p:Person)
WHERE i.role IN $group_heads AND ($places IS NULL OR any(at IN $places WHERE at IN g.places OR at IN g.place_names))
WITH j, b, g, i, p
MATCH (p)-[w:HOLDS_POST]->(j)
WHERE w.role IN $company_heads
WITH j, b, g, i, p, w
MATCH (p)-[h:HOLDS_POST]->(z:PartyOrg)-[s:SUPERVISES|LEADS]->(j)
WHERE h.role IN $branch_heads
RETURN [n IN [p, z, j, g, p, j, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, s, b, i, w, w] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       g.place_names AS places
UNION ALL
MATCH (j:JointStockCompany)-[b:BASED_IN]->(g:ResidentsGroup)<-[i:HOLDS_POST]-(p:Person)
WHERE i.role IN $group_heads AND ($places IS NULL OR any(at IN $places WHERE at IN g.places OR at IN g.place_names))
WITH j, b, g, i, p
MATCH (p)-[w:HOLDS_POST]->(j)
WHERE w.role IN $company_heads
WITH j, b, g, i, p, w
MATCH (p)-[h:HOLDS_POST]->(z:PartyOrg)-[s:BASED_IN]->(g)
WHERE h.role IN $branch_heads
RETURN [n IN [p, z, g, j, p, g, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, s, b, w, i, i] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       g.place_names AS places
