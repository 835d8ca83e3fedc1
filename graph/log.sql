-- Views over the log. See log.py for what the events mean, reviews.py for `rejected` and `accepted`.
CREATE VIEW stated AS
    SELECT id, max(seq) AS seq FROM log WHERE event IN ('claim', 'restate') GROUP BY id;
CREATE VIEW taken AS
    SELECT event, id, max(seq) AS seq FROM log WHERE event IN ('retract', 'withdraw') GROUP BY event, id;
CREATE VIEW written AS
    SELECT * FROM log WHERE event = 'claim' QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq DESC) = 1;
CREATE VIEW source AS
    SELECT w.id, w.seq, w.claim, w.name AS title, w.type, w.observed AS published, w.place,
           w.claim->>'publisher' AS publisher, w.claim->>'sha256' AS sha256, w.claim->>'url' AS url,
           CASE WHEN t.seq > s.seq THEN 'retracted' ELSE 'live' END AS status
    FROM written w
    JOIN stated s USING (id)
    LEFT JOIN taken t ON t.event = 'retract' AND t.id = w.id
    WHERE w.kind = 'source';
CREATE VIEW evidence AS
    SELECT w.id AS claim, w.seq, e.source, e.locator, e.quote, e.method, e.version,
           CASE WHEN w.id IN (SELECT id FROM accepted) THEN 1.0 ELSE coalesce(e.confidence, 1.0) END AS confidence,
           s.seq > coalesce(r.seq, -1) AND s.seq > coalesce(x.seq, -1) AS stands, stands AND w.id NOT IN (SELECT id FROM rejected) AS live
    FROM (SELECT id, seq, unnest(evidence) AS e FROM written WHERE kind <> 'source') w
    JOIN stated s ON s.id = w.id
    LEFT JOIN taken r ON r.event = 'retract' AND r.id = w.e.source
    LEFT JOIN taken x ON x.event = 'withdraw' AND x.id = w.id;
CREATE VIEW live AS
    SELECT * FROM written WHERE id IN (SELECT claim FROM evidence WHERE live)
    UNION ALL
    SELECT w.* FROM written w JOIN source s ON s.id = w.id AND s.status = 'live';
