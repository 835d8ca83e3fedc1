// id: village_company
// title: 支部书记、居民小组组长、股份合作公司董事长为同一人 | Secretary, group head and chair of the village company in one person
// finds: one person who is secretary of a branch, heads the residents' group in which the company is based, and chairs that company; the branch is based in the group, or supervises or leads the company.
// does not show: who decides on the assets of the company; branches that are tied to neither.
MATCH (p:SeveralBodies)-[i:HOLDS_POST]->(g:ResidentsGroup)
WHERE i.role IN $group_heads
WITH p, i, g
MATCH (p)-[w:HOLDS_POST]->(j:JointStockCompany)
WHERE w.role IN $company_heads
WITH p, i, g, w, j
MATCH (j)-[b:BASED_IN]->(g)
WITH p, i, g, w, j, b
MATCH (p)-[h:HOLDS_POST]->(z:PartyOrg)
WHERE h.role IN $branch_heads
WITH p, i, g, w, j, b, h, z
MATCH (z)-[s:SUPERVISES|LEADS]->(j)
WITH p, z, j, g, [h, s, b, i, w, w] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, z, j, g, p, j, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       g.place_names AS places,
       [g.places, g.place_names] AS within
UNION ALL
MATCH (p:SeveralBodies)-[i:HOLDS_POST]->(g:ResidentsGroup)
WHERE i.role IN $group_heads
WITH p, i, g
MATCH (p)-[w:HOLDS_POST]->(j:JointStockCompany)
WHERE w.role IN $company_heads
WITH p, i, g, w, j
MATCH (j)-[b:BASED_IN]->(g)
WITH p, i, g, w, j, b
MATCH (p)-[h:HOLDS_POST]->(z:PartyOrg)
WHERE h.role IN $branch_heads
WITH p, i, g, w, j, b, h, z
MATCH (z)-[s:BASED_IN]->(g)
WITH p, z, j, g, [h, s, b, w, i, i] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, z, g, j, p, g, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       g.place_names AS places,
       [g.places, g.place_names] AS within
