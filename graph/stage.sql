-- What log.Staging asks DuckDB, each statement under its name. $last is the highest seq of the log, $replaced the sources
-- of which this is a new version, $kept the methods whose claims outlive that, $recorded the time of the load.

-- stage
CREATE TABLE staged AS
SELECT seq, event, id, digest, $recorded AS recorded, claim, file, line, c.kind,
    coalesce(c.key, CASE WHEN c.kind = 'source' THEN c.id END) AS key,
    coalesce(c.type, c.of) AS type,
    coalesce(c.name, c.title) AS name,
    CASE WHEN json_type(c.aliases) = 'ARRAY' THEN c.aliases::VARCHAR[] END AS aliases,
    c.subject, c.relation, c.object,
    coalesce(c.place, c.scope->>'place') AS place,
    c.attributes::VARCHAR AS attributes,
    c.valid,
    coalesce(c.observed, c.published) AS observed,
    json_transform(
        CASE WHEN json_type(c.evidence) = 'OBJECT' THEN json_array(c.evidence) ELSE c.evidence END,
        '[{"source": "VARCHAR", "locator": "JSON", "quote": "VARCHAR", "method": "VARCHAR", "version": "VARCHAR", "confidence": "DOUBLE"}]'
    ) AS evidence
FROM (
    SELECT head[1]::BIGINT + $last AS seq, head[2] AS event, head[3] AS id, head[4] AS digest,
           head[5] AS file, head[6]::INTEGER AS line, claim,
           json_transform(claim, '{"kind": "VARCHAR", "id": "VARCHAR", "key": "VARCHAR", "type": "VARCHAR", "of": "VARCHAR",
               "name": "VARCHAR", "title": "VARCHAR", "aliases": "JSON", "subject": "VARCHAR", "relation": "VARCHAR",
               "object": "VARCHAR", "place": "VARCHAR", "scope": "JSON", "attributes": "JSON", "valid": "VARCHAR",
               "observed": "VARCHAR", "published": "VARCHAR", "evidence": "JSON"}') AS c  -- taken apart once, not eighteen times
    FROM read_json($rows, format = 'newline_delimited', columns = {head: 'VARCHAR[]', claim: 'JSON'}, maximum_object_size = 67108864));
CREATE TABLE refused (seq BIGINT, reason VARCHAR);

-- refuse_ids
INSERT INTO refused
SELECT s.seq, 'id ' || s.id || ' is known with other content; a claim is never changed, give the new one another id'
FROM staged s JOIN (
    SELECT id, arg_max(digest, seq) AS digest FROM log
    WHERE event = 'claim' AND id IN (SELECT id FROM staged) AND id NOT IN (SELECT unnest($replaced::VARCHAR[])) GROUP BY id
    UNION ALL
    SELECT id, arg_min(digest, seq) FROM staged WHERE event = 'claim' GROUP BY id) k
ON k.id = s.id AND k.digest <> s.digest
WHERE s.event = 'claim';

-- declare
CREATE TABLE declared AS
    SELECT key, type, seq FROM staged WHERE kind = 'entity'
    UNION ALL
    SELECT key, type, seq FROM log WHERE event = 'claim' AND kind = 'entity'
    AND key IN (SELECT subject FROM staged UNION SELECT object FROM staged UNION SELECT key FROM staged);
CREATE TABLE typed AS SELECT key, arg_min(type, seq) AS type FROM declared GROUP BY key;

-- refuse_type
INSERT INTO refused
SELECT s.seq, 'key ' || s.key || ' is a ' || t.type || ' already, here a ' || s.type || '; one key names one thing'
FROM staged s JOIN typed t USING (key) WHERE s.kind = 'entity' AND t.type = $first AND s.type = $other;

-- refine_type
UPDATE typed SET type = $other WHERE type = $first AND key IN (SELECT key FROM declared WHERE type = $other);

-- refuse_ends
INSERT INTO refused
SELECT seq, 'subject ' || subject || ' is declared by nobody; add a line of kind entity with this key'
FROM staged WHERE kind = 'relation' AND subject NOT IN (SELECT key FROM typed)
UNION ALL
SELECT seq, 'object ' || object || ' is declared by nobody; add a line of kind entity with this key'
FROM staged WHERE kind = 'relation' AND object NOT IN (SELECT key FROM typed);

-- refuse_relation
INSERT INTO refused
SELECT s.seq, $reason FROM staged s JOIN typed a ON a.key = s.subject JOIN typed b ON b.key = s.object
WHERE s.relation = $relation AND a.type = $subject AND b.type = $object;

-- settle: what is known is not written again, what had ended is stated again, what a new version leaves out is withdrawn
DELETE FROM staged WHERE event = 'claim'
    AND seq NOT IN (SELECT min(seq) FROM staged WHERE event = 'claim' GROUP BY id);
CREATE TABLE again AS
    SELECT s.seq, s.id FROM staged s JOIN written w ON w.id = s.id AND w.digest = s.digest WHERE s.event = 'claim';
CREATE TABLE ended AS
    SELECT claim AS id FROM evidence WHERE NOT live AND claim IN (SELECT id FROM again)
    UNION SELECT id FROM source WHERE status = 'retracted' AND id IN (SELECT id FROM again);
CREATE TABLE left_out AS
    SELECT DISTINCT claim FROM evidence
    WHERE live AND list_contains($replaced::VARCHAR[], source) AND NOT list_contains($kept::VARCHAR[], coalesce(method, '')) AND claim NOT IN (SELECT id FROM staged);
CREATE TABLE restated AS SELECT seq, event, id, recorded FROM staged WHERE seq IN (SELECT seq FROM again WHERE id IN (SELECT id FROM ended));
DELETE FROM staged WHERE seq IN (SELECT seq FROM again);
INSERT INTO staged BY NAME SELECT seq, 'restate' AS event, id, recorded FROM restated;
INSERT INTO staged BY NAME
    SELECT $last + 1000000000 + row_number() OVER (ORDER BY claim) AS seq, 'withdraw' AS event, claim AS id, $recorded AS recorded FROM left_out;
