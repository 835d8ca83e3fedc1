// id: rated_by_own
// title: 物业公司负责人在评价或监督本公司的组织任职 | The head of a firm sits on the body that rates or supervises the firm
// finds: one person who heads a property firm and holds a post in a body that rates, supervises, guides, inspects or regulates that firm.
// does not show: managers below the head; whether the person took part in the rating of his own firm.
MATCH (p:SeveralBodies)-[w:HOLDS_POST]->(f:PropertyFirm)
WHERE w.role IN $firm_heads
WITH p, w, f
MATCH (p)-[h:HOLDS_POST]->(g:Organization)
WITH p, w, f, h, g
MATCH (g)-[r:RATES|SUPERVISES|GUIDES|INSPECTS|REGULATES]->(f)
WITH p, f, g, [w, r, h] AS way
WHERE reduce(a = '', r IN way | CASE WHEN r.possible_from > a THEN r.possible_from ELSE a END)
    < reduce(b = '~', r IN way | CASE WHEN r.possible_to < b THEN r.possible_to ELSE b END)
RETURN [n IN [p, f, g, p] | n {.id, .name, .type}] AS nodes,
       [r IN way | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       g.place_names AS places,
       [g.places, g.place_names] AS within
