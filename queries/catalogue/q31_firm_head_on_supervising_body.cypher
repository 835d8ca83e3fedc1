// id: Q31
// title: 物业公司负责人进入指导、监督或评价本公司的指导委员会、协会 | Heads of a firm who sit on the guidance committee that guides or supervises it, or on the association that rates it
// for: auditor
// parameter district: place, the firm serves a compound in it, e.g. 南山区
// parameter as_of: date, optional; without it whatever held at one time
// column person: the head of the firm, id and name
// column firm: the firm, id and name
// column body: the guidance committee or association, with id, name and type
// column because: recorded (a source says that the body guides, supervises, rates or regulates the firm, or rates the service or the compound), community (the guidance committee is that of the community of a compound which the firm serves), trade (an industry association of the place)
// column holds: yes or possibly on that day; without a day, whether there is a day on which all of it surely holds
// column claims: ids of the claims behind the posts, the contract and the relation or seat
// means: one person runs the firm (any title that means its head or manager) and holds a post in the body at the same time, while the firm serves a compound of the place.
// does not mean: with community or trade, that the body ever dealt with this firm.
MATCH (g:Organization)<-[h:HOLDS_POST]-(p:Person)
WHERE g:GuidanceCommittee OR g:IndustryAssociation
WITH g, h, p
MATCH (p)-[k:HOLDS_POST]->(f:PropertyFirm)
WHERE k.role IN ['物管公司负责人', '总经理', '副总经理', '经理', '项目经理', '物业经理', '物业项目经理', '项目负责人', '法定代表人']
MATCH (f)-[s:SERVES]->(c:Compound)
WHERE any(d IN $district WHERE d IN c.places OR d IN c.place_names)
OPTIONAL MATCH (g)-[r:GUIDES|SUPERVISES|RATES|REGULATES]->(x)
WHERE x.id IN [f.id, c.id]
OPTIONAL MATCH (g)-[t:BASED_IN]->(at:Place)
WHERE at.id IN c.places
WITH g, p, f, h, k, s, r, t, CASE WHEN r IS NOT NULL THEN 'recorded' WHEN g:GuidanceCommittee AND (at:Community OR any(x IN g.places[0..1] WHERE x IN c.places)) THEN 'community'
     WHEN g:IndustryAssociation AND (t IS NOT NULL OR any(x IN g.places WHERE x IN c.places)) THEN 'trade' END AS because
WHERE because IS NOT NULL
WITH g, p, f, because, h.claims + k.claims + s.claims + coalesce(r.claims, []) + coalesce(t.claims, []) AS found,
     [h, k, s] + CASE WHEN r IS NULL THEN [] ELSE [r] END AS terms
WHERE all(r IN terms WHERE all(q IN terms WHERE coalesce(r.possible_from, '') < coalesce(q.possible_to, '~')))
  AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
WITH g, p, f, because, collect(found) AS found, collect(all(r IN terms WHERE r.sure)
             AND all(r IN terms WHERE all(q IN terms WHERE coalesce(r.sure_from, '') < coalesce(q.sure_to, '~')))
             AND ($as_of IS NULL OR all(r IN terms WHERE coalesce(r.sure_from, '') <= $as_of AND $as_of < coalesce(r.sure_to, '~')))) AS sure
RETURN p {.id, .name} AS person, f {.id, .name} AS firm, g {.id, .name, .type} AS body, because AS because, CASE WHEN any(s IN sure WHERE s) THEN 'yes' ELSE 'possibly' END AS holds, reduce(all = [], ids IN found | all + ids) AS claims
ORDER BY p.name, p.id, f.id, g.id, because
