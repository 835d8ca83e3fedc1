-- Claims and decisions → node and relation tables. Run by compile.py, statement after statement, on the views of log.sql.
-- Prepared by compile.py: vocabulary (type, labels, depth), symmetric relations, and the functions term, flat, role_of.

-- 1 What is live, and the words behind it
CREATE TABLE said AS
    SELECT e.claim, e.seq, e.source, e.quote, e.confidence, s.published
    FROM evidence e JOIN source s ON s.id = e.source WHERE e.live;
CREATE TABLE backing AS
    SELECT claim, list_sort(list_distinct(list(source))) AS sources, arg_max(quote, (confidence, -seq)) AS quote,
           max(confidence) AS confidence, min(source) AS home
    FROM said GROUP BY claim;
CREATE TABLE declared AS
    SELECT l.key, l.seq, l.id AS claim, l.type, l.name, coalesce(l.aliases, []) AS aliases, l.place,
           coalesce(l.attributes, '{}') AS attributes, b.home, b.sources
    FROM live l JOIN backing b ON b.claim = l.id WHERE l.kind = 'entity';
CREATE TABLE keyed AS
    SELECT d.key, arg_max(d.type, (v.depth, -d.seq)) AS type, arg_min(d.name, d.seq) AS name, arg_min(d.home, d.seq) AS home,
           list_sort(list_distinct(flatten(list(d.sources)))) AS sources
    FROM declared d JOIN vocabulary v USING (type) GROUP BY d.key;
CREATE TABLE bond AS
    SELECT l.id AS claim, l.seq, l.subject, l.relation, l.object, coalesce(l.attributes, '{}') AS attributes, l.valid, l.observed
    FROM live l WHERE l.kind = 'relation' AND l.subject IN (SELECT key FROM keyed) AND l.object IN (SELECT key FROM keyed);

-- 2 Actors: one row for each cluster of keys (merged is filled by identity.py)
CREATE TABLE actor AS
    SELECT k.key, coalesce(m.canonical, k.key) AS canonical, 'e' || substr(sha256(coalesce(m.canonical, k.key)), 1, 16) AS id
    FROM keyed k LEFT JOIN merged m USING (key);
CREATE TABLE spoken AS
    SELECT a.id, a.key <> a.canonical AS second, d.* FROM declared d JOIN actor a USING (key);
CREATE TABLE base AS
    SELECT a.id, arg_max(k.type, (v.depth, a.key = a.canonical)) AS type,
           arg_min(k.name, a.key <> a.canonical) AS name,
           list(a.key ORDER BY a.key) AS keys,
           list('e' || substr(sha256(a.key), 1, 16) ORDER BY a.key) AS ids
    FROM actor a JOIN keyed k USING (key) JOIN vocabulary v USING (type) GROUP BY a.id;
CREATE TABLE alias AS
    SELECT id, list(DISTINCT alias ORDER BY alias) AS aliases
    FROM (SELECT id, name AS alias FROM spoken UNION SELECT id, unnest(aliases) FROM spoken) s
    WHERE alias <> (SELECT name FROM base WHERE base.id = s.id) GROUP BY id;
CREATE TABLE trait AS
    SELECT s.id, j.key AS attribute, arg_min(j.value::VARCHAR, (s.second, s.seq)) AS value, count(DISTINCT j.value) > 1 AS disputed
    FROM spoken s, json_each(s.attributes::JSON) j WHERE s.attributes <> '{}' AND j.type <> 'NULL' GROUP BY s.id, j.key;
CREATE TABLE traits AS
    SELECT id, '{' || string_agg(to_json(attribute) || ':' || value, ',' ORDER BY attribute) || '}' AS attributes,
           list(attribute ORDER BY attribute) FILTER (disputed) AS disputed
    FROM trait GROUP BY id;
CREATE TABLE proof AS
    SELECT s.id, list(s.claim ORDER BY s.claim) AS claims, list_sort(list_distinct(flatten(list(b.sources)))) AS sources,
           arg_max(b.quote, (b.confidence, -s.seq)) AS quote
    FROM spoken s JOIN backing b USING (claim) GROUP BY s.id;

-- 3 Where things are said to be: by `place`, which is a key or a name, and by LOCATED_IN
CREATE TABLE within AS
    SELECT DISTINCT child, parent FROM (
        SELECT s.id AS child, a.id AS parent FROM spoken s JOIN actor a ON a.key = s.place
        UNION ALL SELECT x.id, y.id FROM bond b JOIN actor x ON x.key = b.subject JOIN actor y ON y.key = b.object
                  WHERE b.relation = 'LOCATED_IN') WHERE child <> parent;
CREATE TABLE spot AS
    SELECT DISTINCT id, place AS text FROM spoken WHERE place IS NOT NULL AND place NOT IN (SELECT key FROM keyed);

-- 4 Containment (resolved, the written places that name a known one, is filled by compile.py); a body without a place stands where it is based
INSERT INTO within SELECT DISTINCT s.id, r.parent FROM spot s JOIN resolved r USING (text) WHERE s.id <> r.parent;
INSERT INTO within
    SELECT DISTINCT x.id, y.id FROM bond b JOIN actor x ON x.key = b.subject JOIN actor y ON y.key = b.object
    WHERE b.relation = 'BASED_IN' AND x.id <> y.id AND x.id NOT IN (SELECT child FROM within UNION SELECT id FROM spot);
CREATE TABLE reach AS
    WITH RECURSIVE up(id, place, depth) AS (
        SELECT child, parent, 1 FROM within
        UNION SELECT up.id, w.parent, up.depth + 1 FROM up JOIN within w ON w.child = up.place WHERE up.depth < 16)
    SELECT id, place, min(depth) AS depth FROM up WHERE id <> place GROUP BY id, place;
CREATE TABLE located AS
    SELECT id, list(place ORDER BY depth, place) AS places, list(name ORDER BY depth, place) AS names
    FROM (SELECT r.id, r.place, r.depth, b.name FROM reach r JOIN base b ON b.id = r.place WHERE b.type IN (SELECT type FROM vocabulary WHERE is_place)
          UNION ALL SELECT id, id, 0, name FROM base WHERE type IN (SELECT type FROM vocabulary WHERE is_place))
    GROUP BY id;
CREATE TABLE written_place AS  -- what was only written, of the thing itself and of what contains it
    SELECT id, arg_min(text, (depth, text)) AS nearest, flatten(list(parts(text) ORDER BY depth, text)) AS names
    FROM (SELECT id, text, 0 AS depth FROM spot UNION ALL SELECT r.id, s.text, r.depth FROM reach r JOIN spot s ON s.id = r.place) GROUP BY id;

-- 5 Nodes
CREATE TABLE node AS
    SELECT b.id, v.labels, b.type, b.name, coalesce(a.aliases, []) AS aliases, coalesce(t.attributes, '{}') AS attributes, p.claims, p.sources,
           json_merge_patch(flat(coalesce(t.attributes, '{}'))::JSON, json_object(
               'id', b.id, 'type', b.type, 'name', b.name, 'aliases', coalesce(a.aliases, []), 'keys', b.keys, 'ids', b.ids,
               'place', coalesce(l.names[CASE WHEN v.is_place THEN 2 ELSE 1 END], w.nearest),
               'places', coalesce(l.places, []),
               'place_names', list_concat(coalesce(l.names, []), list_filter(coalesce(w.names, []), lambda x: NOT list_contains(coalesce(l.names, []), x))),
               'disputed', t.disputed, 'claims', p.claims, 'sources', p.sources, 'quote', p.quote))::VARCHAR AS properties
    FROM base b JOIN vocabulary v USING (type) JOIN proof p USING (id)
    LEFT JOIN alias a USING (id) LEFT JOIN traits t USING (id) LEFT JOIN located l USING (id) LEFT JOIN written_place w USING (id);
INSERT INTO node BY NAME
    SELECT id, ['Source'] AS labels, 'Source' AS type, title AS name, [] AS aliases, '{}' AS attributes, [] AS claims, [id] AS sources,
           json_merge_patch('{}', json_object('id', id, 'type', 'Source', 'name', title, 'title', title, 'kind', type, 'publisher', publisher,
               'published', published, 'place', place, 'url', url))::VARCHAR AS properties
    FROM source WHERE status = 'live';
INSERT INTO node BY NAME
    SELECT l.id, [label] AS labels, label AS type, l.name, [] AS aliases, '{}' AS attributes, [l.id] AS claims, b.sources,
           json_merge_patch('{}', json_merge_patch(extra, json_object('id', l.id, 'type', label, 'name', l.name, 'place', coalesce(n.name, l.place), 'place_id', n.id,
               'valid', l.valid, 'observed', l.observed, 'claims', [l.id], 'sources', b.sources, 'quote', b.quote)))::VARCHAR AS properties
    FROM (SELECT id, place, valid, observed, 'Figure' AS label, claim->>'counted' AS name,
                 json_object('value', claim->'value', 'value_to', claim->'value_to', 'unit', claim->>'unit', 'qualifier', claim->>'qualifier',
                     'counted', claim->>'counted', 'value_text', claim->>'value_text') AS extra FROM live WHERE kind = 'figure'
          UNION ALL
          SELECT id, place, valid, observed, 'Statement' AS label, claim->>'relation' AS name,
                 json_object('subject_type', claim->>'subject_type', 'relation', relation, 'object_type', claim->>'object_type',
                     'strength', claim->>'strength') AS extra FROM live WHERE kind = 'statement'
          UNION ALL
          SELECT id, place, valid, observed, 'Register' AS label, type AS name,
                 json_object('of', type, 'from', covered(valid).first, 'to', covered(valid).after) AS extra FROM live WHERE kind = 'register') l
    JOIN backing b ON b.claim = l.id
    LEFT JOIN (SELECT key AS text, id FROM actor UNION ALL SELECT text, parent FROM resolved) r ON r.text = l.place
    LEFT JOIN base n ON n.id = r.id;

-- 6 Relations: claims alike in ends, attributes and `valid` are one term, seen on several days
CREATE TABLE role AS
    SELECT DISTINCT role, type, subtype, role_of(role, type, subtype) AS canonical
    FROM (SELECT b.attributes->>'role' AS role, n.type, n.attributes->>'subtype' AS subtype
          FROM bond b JOIN actor a ON a.key = b.object JOIN node n ON n.id = a.id WHERE b.relation = 'HOLDS_POST') WHERE role IS NOT NULL;
CREATE TABLE seen AS
    SELECT b.claim, b.seq, x.id AS "from", b.relation, y.id AS "to", b.valid, b.observed, s.published,
           CASE WHEN r.canonical IS DISTINCT FROM r.role THEN json_merge_patch(b.attributes::JSON, json_object('role', r.canonical))::VARCHAR
                ELSE b.attributes END AS attributes
    FROM bond b JOIN actor x ON x.key = b.subject JOIN actor y ON y.key = b.object
    JOIN (SELECT DISTINCT claim, published FROM said) s USING (claim)
    JOIN node n ON n.id = y.id
    LEFT JOIN role r ON b.relation = 'HOLDS_POST' AND r.role = b.attributes->>'role' AND r.type = n.type
                    AND r.subtype IS NOT DISTINCT FROM n.attributes->>'subtype';
CREATE TABLE span AS
    SELECT valid, observed, published, term(valid, observed, published) AS p FROM (SELECT DISTINCT valid, observed, published FROM seen);
CREATE TABLE tie AS
    SELECT 'r' || substr(sha256(concat_ws(chr(31), "from", relation, "to", attributes, coalesce(seen.valid, ''))), 1, 16) AS id,
           "from", relation, "to", attributes, seen.valid,
           min(p.sure_from) AS sure_from, max(p.sure_to) AS sure_to, min(p.possible_from) AS possible_from, max(p.possible_to) AS possible_to,
           list(DISTINCT claim ORDER BY claim) AS claims
    FROM seen JOIN span ON span.valid IS NOT DISTINCT FROM seen.valid AND span.observed IS NOT DISTINCT FROM seen.observed
                       AND span.published IS NOT DISTINCT FROM seen.published
    GROUP BY "from", relation, "to", attributes, seen.valid;

-- 7 What follows: bodies that share a holder at a time are cross-appointed
INSERT INTO tie BY NAME
    SELECT 'r' || substr(sha256(concat_ws(chr(31), a.id, 'CROSS_APPOINTED_WITH', b.id)), 1, 16) AS id,
           a."to" AS "from", 'CROSS_APPOINTED_WITH' AS relation, b."to" AS "to",
           json_object('derived', true, 'person', a."from")::VARCHAR AS attributes, NULL AS valid,
           CASE WHEN greatest(a.sure_from, b.sure_from) < least(a.sure_to, b.sure_to) AND a.sure_from IS NOT NULL AND b.sure_from IS NOT NULL
                THEN greatest(a.sure_from, b.sure_from) END AS sure_from,
           CASE WHEN greatest(a.sure_from, b.sure_from) < least(a.sure_to, b.sure_to) AND a.sure_from IS NOT NULL AND b.sure_from IS NOT NULL
                THEN least(a.sure_to, b.sure_to) END AS sure_to,
           greatest(a.possible_from, b.possible_from) AS possible_from, least(a.possible_to, b.possible_to) AS possible_to,
           list_sort(list_distinct(list_concat(a.claims, b.claims))) AS claims
    FROM tie a JOIN tie b ON b."from" = a."from" AND b.relation = 'HOLDS_POST' AND a."to" < b."to"
    JOIN base x ON x.id = a."to" JOIN base y ON y.id = b."to"
    WHERE a.relation = 'HOLDS_POST' AND greatest(a.possible_from, b.possible_from) < least(a.possible_to, b.possible_to)
      AND x.type IN (SELECT type FROM vocabulary WHERE is_body) AND y.type IN (SELECT type FROM vocabulary WHERE is_body);

-- 8 Where sources disagree both stay, and each names the claims of the other
CREATE TABLE tied AS
    SELECT t.*, t.attributes->>'role' AS role, c.sources, c.quote FROM tie t JOIN (
        SELECT t.id, list_sort(list_distinct(flatten(list(b.sources)))) AS sources, arg_max(b.quote, (b.confidence, b.claim)) AS quote
        FROM (SELECT id, unnest(claims) AS claim FROM tie) t JOIN backing b USING (claim) GROUP BY t.id) c USING (id);
CREATE TABLE dispute AS
    SELECT a.id, list_sort(list_distinct(flatten(list(b.claims)))) AS claims
    FROM tied a JOIN tied b ON a.id <> b.id AND a.relation = b.relation AND a."to" = b."to" AND a.role IS NOT DISTINCT FROM b.role
    WHERE (SELECT count(*) FROM source WHERE status = 'live') > 1 AND NOT list_has_any(a.sources, b.sources) AND (
        (a."from" = b."from" AND contradict(a.valid, b.valid))
        OR (a."from" <> b."from" AND a.relation = 'HOLDS_POST' AND a.role IN (SELECT role FROM head)
            AND greatest(a.sure_from, b.sure_from) < least(a.sure_to, b.sure_to)))
    GROUP BY a.id;
CREATE TABLE relation AS
    SELECT t.id, t."from", t.relation, t."to", t.role, t.attributes, t.valid,
           bound(t.sure_from) AS sure_from, bound(t.sure_to) AS sure_to, bound(t.possible_from) AS possible_from, bound(t.possible_to) AS possible_to,
           t.claims, t.sources,
           json_merge_patch(flat(t.attributes)::JSON, json_object('id', t.id, 'valid', t.valid, 'sure', t.sure_from IS NOT NULL,
               'sure_from', bound(t.sure_from), 'sure_to', bound(t.sure_to), 'possible_from', bound(t.possible_from), 'possible_to', bound(t.possible_to),
               'disagrees', d.claims, 'claims', t.claims, 'sources', t.sources, 'quote', t.quote))::VARCHAR AS properties
    FROM tied t LEFT JOIN dispute d USING (id);

-- 9 Marks: labels for whoever patterns begin with, so that a scan of the whole graph starts from the few and not from all
CREATE TABLE mark AS
    SELECT id, list(mark ORDER BY mark) AS marks FROM (
        SELECT "from" AS id, 'SeveralBodies' AS mark FROM tied WHERE relation = 'HOLDS_POST' GROUP BY "from" HAVING count(DISTINCT "to") > 1
        UNION SELECT unnest(["from", "to"]), 'Relative' FROM tied WHERE relation = 'FAMILY_OF'
        UNION SELECT "from", 'Investor' FROM tied WHERE relation IN ('INVESTS_IN', 'OWNS_SHARE_IN')) GROUP BY id;
UPDATE node SET labels = list_concat(labels, marks) FROM mark WHERE mark.id = node.id;
