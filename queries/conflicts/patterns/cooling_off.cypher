// id: cooling_off
// title: 公职人员离职后在规定年限内到原监管的企业任职 | A former official with a post in a firm that his office supervised, within the years after leaving
// after: 2 years, 3 for 领导成员
// finds: one person whose post in an office of government or party has ended, and who holds a post in a firm that this office supervises, guides, inspects, rates, regulates or buys from, within two years of leaving, three for its leaders.
// does not show: posts in an office of which no end is known; firms tied to the former work in another way; whether the post in the firm was begun before.
MATCH (p:SeveralBodies)-[h:HOLDS_POST]->(g:Organization)
WHERE (g:Government OR g:GovDepartment OR g:PartyDepartment) AND h.possible_to IS NOT NULL
WITH p, h, g
MATCH (p)-[w:HOLDS_POST]->(f:Organization)
WHERE (f:PropertyFirm OR f:Enterprise OR f:JointStockCompany)
WITH p, h, g, w, f
MATCH (g)-[s:SUPERVISES|GUIDES|INSPECTS|RATES|REGULATES|PURCHASES_SERVICE_FROM]->(f)
RETURN [n IN [p, g, f, p] | n {.id, .name, .type}] AS nodes,
       [r IN [h, s, w] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(g.place_names, [])) > 0 THEN g.place_names ELSE f.place_names END AS places,
       [g.places, g.place_names, f.places, f.place_names] AS within
