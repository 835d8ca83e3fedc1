// id: auditor_tied
// title: 监事会成员在被监督的业委会任职，或其亲属在其中任职 | A member of the supervisory board, or a relative, sits on the committee it audits
// parameter places: ids or names of a place, optional; the board lies in it
// finds: a holder of a post in a supervisory board who holds one in the owners' committee of the same compound, or in a body that the board audits or supervises, or whose relative does.
// does not show: ties to the firm, or kinship that nobody declared.
MATCH (b:OwnersSupervisoryBoard)-[x:BASED_IN]->(k:Compound)<-[y:BASED_IN]-(c:OwnersCommittee)
WHERE $places IS NULL OR any(at IN $places WHERE at IN b.places OR at IN b.place_names)
MATCH (b)<-[w:HOLDS_POST]-(p:Person)
WITH b, x, k, y, c, w, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, b, k, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, x, y, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places
UNION ALL
MATCH (b:OwnersSupervisoryBoard)-[x:BASED_IN]->(k:Compound)<-[y:BASED_IN]-(c:OwnersCommittee)
WHERE $places IS NULL OR any(at IN $places WHERE at IN b.places OR at IN b.place_names)
MATCH (b)<-[w:HOLDS_POST]-(p:Person)-[a:FAMILY_OF]-(q:Person)
WITH b, x, k, y, c, w, p, a, q
MATCH (q)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, b, k, c, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, x, y, h, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places
UNION ALL
MATCH (b:Organization)-[s:AUDITS|SUPERVISES]->(c:Organization)
WHERE (b:OwnersSupervisoryBoard OR b:VillageSupervisoryCommittee) AND ($places IS NULL OR any(at IN $places WHERE at IN b.places OR at IN b.place_names))
  AND NOT (b)-[:BASED_IN]->(:Compound)<-[:BASED_IN]-(c)
MATCH (b)<-[w:HOLDS_POST]-(p:Person)
WITH b, s, c, w, p
MATCH (p)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, b, c, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, s, h] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places
UNION ALL
MATCH (b:Organization)-[s:AUDITS|SUPERVISES]->(c:Organization)
WHERE (b:OwnersSupervisoryBoard OR b:VillageSupervisoryCommittee) AND ($places IS NULL OR any(at IN $places WHERE at IN b.places OR at IN b.place_names))
  AND NOT (b)-[:BASED_IN]->(:Compound)<-[:BASED_IN]-(c)
MATCH (b)<-[w:HOLDS_POST]-(p:Person)-[a:FAMILY_OF]-(q:Person)
WITH b, s, c, w, p, a, q
MATCH (q)-[h:HOLDS_POST]->(c)
RETURN [n IN [p, b, c, q, p] | n {.id, .name, .type}] AS nodes,
       [r IN [w, s, h, a] | r {.*, type: type(r), start: startNode(r).id}] AS relations,
       b.place_names AS places
