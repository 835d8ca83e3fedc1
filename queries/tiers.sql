-- The tables of a tier, from those of the whole graph (nodes, relations, quoted). Run by tiers.py on the attached log.

-- kinds: what each node is. The column of attributes goes: what a tier sees stands in the properties alone.
ALTER TABLE nodes DROP attributes;
ALTER TABLE relations DROP attributes;
CREATE TABLE kind AS SELECT id, type, list_contains(labels, 'Person') AS person FROM nodes;
CREATE TABLE seen_ends (relation VARCHAR, a VARCHAR, b VARCHAR);
CREATE TABLE partly (claim VARCHAR)

-- ends: between what kinds of things there are relations
SELECT DISTINCT r.relation, a.type, b.type FROM relations r
JOIN kind a ON a.id = r."from" JOIN kind b ON b.id = r."to" ORDER BY ALL

-- relations: those that the tier may know of
CREATE TABLE shown_relations AS
    SELECT r.* FROM relations r
    JOIN kind a ON a.id = r."from" JOIN kind b ON b.id = r."to"
    JOIN seen_ends s ON s.relation = r.relation AND s.a = a.type AND s.b = b.type

-- people: everything but people without a visible tie; of people only what a source says that also ties them visibly
CREATE TABLE tied AS
    SELECT DISTINCT person, source FROM (
        SELECT "from" AS person, unnest(sources) AS source FROM shown_relations
        UNION ALL SELECT "to", unnest(sources) FROM shown_relations)
    WHERE person IN (SELECT id FROM kind WHERE person);
CREATE TABLE declared_by AS
    SELECT id, list_sort(list_distinct(list(claim))) AS claims, list_sort(list_distinct(list(source))) AS sources,
           list_sort(list_distinct(list(key))) AS keys
    FROM (SELECT n.id, n.claim, e.source, w.key
          FROM (SELECT id, unnest(claims) AS claim FROM nodes WHERE id IN (SELECT person FROM tied)) n
          JOIN quoted e ON e.claim = n.claim
          JOIN tied t ON t.person = n.id AND t.source = e.source
          JOIN written w ON w.id = n.claim) GROUP BY id;
CREATE TABLE shown_person AS
    SELECT n.id, coalesce(d.claims, []) AS claims, coalesce(d.sources, []) AS sources, coalesce(d.keys, []) AS keys
    FROM nodes n LEFT JOIN declared_by d USING (id) WHERE n.id IN (SELECT person FROM tied);
CREATE TABLE shown_nodes AS
    SELECT n.* FROM nodes n WHERE n.id NOT IN (SELECT id FROM kind WHERE person)
    UNION ALL
    SELECT n.* REPLACE (p.claims AS claims, p.sources AS sources,
        json_merge_patch(n.properties::JSON, json_object('place', NULL, 'places', [], 'place_names', [],
            'claims', p.claims, 'sources', p.sources, 'keys', p.keys, 'ids', list_sort(list_distinct(list_append(
                list_transform(p.keys, lambda k: 'e' || substr(sha256(k), 1, 16)), n.id)))))::VARCHAR AS properties)
    FROM nodes n JOIN shown_person p USING (id);
CREATE TABLE seen AS
    SELECT DISTINCT claim FROM (
        SELECT unnest(claims) AS claim FROM shown_nodes UNION ALL SELECT unnest(claims) FROM shown_relations)

-- words: evidence of visible claims; its words only where they overlap no words of what is masked, or partly masked
CREATE TABLE spot AS
    SELECT e.rowid AS nr, e.claim, e.source,
           e.claim NOT IN (SELECT claim FROM seen) OR e.claim IN (SELECT claim FROM partly) AS masked,
           TRY_CAST(e.locator::JSON->>'start' AS BIGINT) AS first, TRY_CAST(e.locator::JSON->>'end' AS BIGINT) AS after,
           CASE WHEN e.locator::JSON->>'row' IS NOT NULL THEN concat_ws(chr(31), e.locator::JSON->>'sheet',
               e.locator::JSON->>'row', e.locator::JSON->>'column') END AS cell
    FROM quoted e;
CREATE TABLE open_spot AS SELECT * FROM spot WHERE NOT masked;
CREATE TABLE masked_spot AS SELECT * FROM spot WHERE masked;
CREATE TABLE kept_back AS
    SELECT nr, claim FROM masked_spot
    UNION SELECT o.nr, o.claim FROM open_spot o JOIN masked_spot m
        ON m.source = o.source AND o.first < m.after AND m.first < o.after
    UNION SELECT o.nr, o.claim FROM open_spot o JOIN masked_spot m ON m.source = o.source AND m.cell = o.cell
    UNION SELECT o.nr, o.claim FROM open_spot o  -- where one of the two does not say where it stands
        WHERE o.source IN (SELECT source FROM masked_spot WHERE after IS NULL AND cell IS NULL)
           OR (o.after IS NULL AND o.cell IS NULL AND o.source IN (SELECT source FROM masked_spot));
CREATE TABLE shown_evidence AS
    SELECT e.* REPLACE (CASE WHEN k.nr IS NULL THEN e.quote END AS quote)
    FROM quoted e LEFT JOIN kept_back k ON k.nr = e.rowid WHERE e.claim IN (SELECT claim FROM seen);
CREATE TABLE silent AS
    SELECT DISTINCT id FROM (SELECT id, unnest(claims) AS claim FROM shown_nodes
                             UNION ALL SELECT id, unnest(claims) FROM shown_relations)
    WHERE claim IN (SELECT claim FROM kept_back);
UPDATE shown_nodes SET properties = json_merge_patch(properties::JSON, '{"quote":null}'::JSON)::VARCHAR
    WHERE id IN (SELECT id FROM silent) OR id IN (SELECT id FROM shown_person WHERE len(claims) = 0);
UPDATE shown_relations SET properties = json_merge_patch(properties::JSON, '{"quote":null}'::JSON)::VARCHAR
    WHERE id IN (SELECT id FROM silent);
CREATE TABLE dissent AS
    SELECT id, list_sort(list(claim) FILTER (claim IN (SELECT claim FROM seen))) AS claims
    FROM (SELECT id, unnest(from_json(properties::JSON->'disagrees', '["VARCHAR"]')) AS claim FROM shown_relations
          WHERE json_exists(properties::JSON, '$.disagrees')) GROUP BY id;
UPDATE shown_relations r
    SET properties = json_merge_patch(r.properties::JSON, json_object('disagrees', d.claims))::VARCHAR
    FROM dissent d WHERE d.id = r.id;
DELETE FROM shown_nodes  -- a source that says only what is masked: its title may tell
    WHERE list_contains(labels, 'Source') AND id IN (SELECT source FROM quoted) AND id NOT IN (SELECT source FROM shown_evidence)
