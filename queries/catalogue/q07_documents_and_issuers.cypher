// id: Q07
// title: 某地出台了哪些治理文件，由哪些部门牵头或联合发布 | Governance documents of a place, and who led or joined in issuing them
// for: researcher
// parameter district: place, the document or one of its issuers lies in it, e.g. 南山区
// column document: the document, id and name
// column issued: the day of issue in the words of the source, null where none says
// column issuer: who issued it, with id, name and type; null where no source says
// column role: lead, joint or as written; null where no source says
// column holds: always yes, since a source states it and an issue does not end
// column claims: ids of the claims about the document and the issue
// means: one row for each issuer of a document. All issuers are listed, those from outside the place as well.
// does not mean: that the document is still in force, or that the list of issuers is complete.
MATCH (y:Policy)
OPTIONAL MATCH (a:Actor)-[:ISSUED]->(y)
WITH y, collect(a.places + a.place_names) AS seats
WHERE any(d IN $district WHERE d IN y.places OR d IN y.place_names OR any(seat IN seats WHERE d IN seat))
OPTIONAL MATCH (o:Actor)-[i:ISSUED]->(y)
RETURN y {.id, .name} AS document, y.issued AS issued, CASE WHEN o IS NULL THEN null ELSE o {.id, .name, .type} END AS issuer, i.role AS role,
       'yes' AS holds, y.claims + coalesce(i.claims, []) AS claims
ORDER BY coalesce(y.issued, ''), y.name, y.id, CASE i.role WHEN 'lead' THEN 0 ELSE 1 END, coalesce(o.name, ''), coalesce(o.id, ''), coalesce(i.id, '')
