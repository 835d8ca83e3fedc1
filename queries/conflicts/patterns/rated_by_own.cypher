// id: rated_by_own
// title: 物业公司负责人在评价或监督本公司的组织任职 | The head of a firm sits on the body that rates or supervises the firm
// parameter places: ids or names of a place, optional; the body that rates or supervises lies in it
// finds: one person who heads a property firm and holds a post in a body that rates, supervises, guides, inspects or regulates that firm.
// does not show: managers below the head; whether the person took part in the rating of his own firm.
MATCH (g:Organization)-[r:RATES|SUPERVISES|GUIDES|INSPECTS|REGULATES]->(f:PropertyFirm)
WHERE $places IS NULL OR any(at IN $places WHERE at IN g.places OR at IN g.place_names)
MATCH (g)<-[h:HOLDS_POST]-(p:Person)
WITH g, r, f, h, p
MATCH (p)-[w:HOLDS_POST]->(f)
WHERE w.role IN $firm_heads
RETURN [n IN [p, f, g, p] | n {.id, .name, .type}] AS nodes,
       [x IN [w, r, h] | x {.*, type: type(x), start: startNode(x).id}] AS relations,
       g.place_names AS places
