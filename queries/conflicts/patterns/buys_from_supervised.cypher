// id: buys_from_supervised
// title: 任职单位向其监管的企业购买服务 | A post in a body that buys services from a firm which it supervises
// finds: the holder of any post in a body that buys services from another and also supervises, guides, inspects, rates or regulates it.
// does not show: who in the body decided on the purchase or the supervision; how the firm was chosen; sums.
MATCH (d:Organization)-[b:PURCHASES_SERVICE_FROM]->(f:Organization)
MATCH (d)-[s:SUPERVISES|GUIDES|INSPECTS|RATES|REGULATES]->(f)
WITH d, b, f, s
MATCH (p:Person)-[w:HOLDS_POST]->(d)
RETURN [n IN [p, d, f, d, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, b, s, w] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(d.place_names, [])) > 0 THEN d.place_names ELSE f.place_names END AS places,
       [d.places, d.place_names, f.places, f.place_names] AS within
