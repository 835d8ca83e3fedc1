// id: buys_from_supervised
// title: 任职单位向其监管的企业购买服务 | A post in a body that buys services from a firm which it supervises
// parameter places: ids or names of a place, optional; the body or the firm lies in it
// finds: the holder of any post in a body that buys services from another and also supervises, guides, inspects, rates or regulates it.
// does not show: who in the body decided on the purchase or the supervision; how the firm was chosen; sums.
MATCH (d:Organization)-[b:PURCHASES_SERVICE_FROM]->(f:Organization)
WHERE $places IS NULL OR any(at IN $places WHERE at IN d.places + f.places OR at IN d.place_names + f.place_names)
MATCH (d)-[s:SUPERVISES|GUIDES|INSPECTS|RATES|REGULATES]->(f)
WITH d, b, f, s
MATCH (p:Person)-[w:HOLDS_POST]->(d)
RETURN [n IN [p, d, f, d, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, b, s, w] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       CASE WHEN size(coalesce(d.place_names, [])) > 0 THEN d.place_names ELSE f.place_names END AS places
