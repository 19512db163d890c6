-- Who is told when a record changes that they received (GDPR, article 19). Which agency received which record stands here by
-- pseudonyms that fit no other row, the agency's name and what changed are sealed: whoever only keeps this reads neither.

-- A record that was answered to an agency, from the first answer on. The agency's pseudonym is another for each record.
CREATE TABLE recipient (
    record   bytea       NOT NULL,
    agency   bytea       NOT NULL,
    version  bigint      NOT NULL CHECK (version > 0),
    sealed   bytea       NOT NULL,
    seal_key smallint    NOT NULL CHECK (seal_key >= 1),
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_in  bigint      NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (record, agency)
);
CREATE INDEX recipient_made_in_idx ON recipient USING brin (made_in) WITH (pages_per_range = 32, autosummarize = on);

-- What happened to a record, in the order of the log.
CREATE TABLE change (
    n        bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    record   bytea       NOT NULL,
    event    bytea       NOT NULL,
    version  bigint      NOT NULL CHECK (version > 1),
    sealed   bytea       NOT NULL,
    seal_key smallint    NOT NULL CHECK (seal_key >= 1),
    made_in  bigint      NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (record, event)
);
CREATE INDEX change_made_in_idx ON change USING brin (made_in) WITH (pages_per_range = 32, autosummarize = on);

-- Notices that are not written yet.
CREATE TABLE due (
    record bytea NOT NULL,
    agency bytea NOT NULL,
    event  bytea NOT NULL,
    PRIMARY KEY (record, agency, event)
);

-- Up to where the log was gone through, and in which incarnation.
CREATE TABLE notice_progress (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    incarnation integer NOT NULL,
    position    bigint  NOT NULL
);
INSERT INTO notice_progress (incarnation, position) VALUES (1, 0);

-- One for each agency that was ever to be told something.
CREATE TABLE feed (
    agency          bytea  PRIMARY KEY,
    last            bigint NOT NULL DEFAULT 0,
    acknowledged    bigint NOT NULL DEFAULT 0,
    acknowledged_at timestamptz,
    CHECK (acknowledged BETWEEN 0 AND last)
);

-- An agency's notices, numbered without gaps. The event is a pseudonym for this agency: what it is told of, it is told once.
CREATE TABLE notice (
    agency   bytea       NOT NULL,
    number   bigint      NOT NULL CHECK (number > 0),
    event    bytea       NOT NULL,
    sealed   bytea       NOT NULL,
    seal_key smallint    NOT NULL CHECK (seal_key >= 1),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_in  bigint      NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (agency, number),
    UNIQUE (agency, event)
);
CREATE INDEX notice_made_in_idx ON notice USING brin (made_in) WITH (pages_per_range = 32, autosummarize = on);

-- The lock that the next two share: a recipient is either seen by who goes through the log, or sees how far that is.

-- In the transaction of the rows of the access log. An answer may be older than what was gone through: what came since is
-- due then. Version 0 is a decoy, which leaves nothing.
CREATE FUNCTION remember_recipients(
    p_records bytea[], p_agencies bytea[], p_versions bigint[], p_sealed bytea[], p_seal_keys smallint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7233176);
    WITH added AS (
        INSERT INTO recipient (record, agency, version, sealed, seal_key)
        SELECT r.record, r.agency, r.version, r.sealed, r.seal_key
        FROM unnest(p_records, p_agencies, p_versions, p_sealed, p_seal_keys)
            AS r (record, agency, version, sealed, seal_key)
        WHERE r.version > 0 ORDER BY r.record, r.agency, r.version
        ON CONFLICT (record, agency) DO NOTHING RETURNING record, agency, version)
    INSERT INTO due (record, agency, event)
    SELECT a.record, a.agency, c.event FROM added a JOIN change c ON c.record = a.record AND c.version > a.version
    ON CONFLICT (record, agency, event) DO NOTHING;
END $$;

-- Goes from one position to another with what changed between them; false where somebody else did.
CREATE FUNCTION distribute_changes(
    p_incarnation integer, p_from bigint, p_to bigint, p_records bytea[], p_events bytea[], p_versions bigint[],
    p_sealed bytea[], p_seal_keys smallint[])
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7233176);
    UPDATE notice_progress SET position = p_to
        WHERE incarnation = p_incarnation AND position = p_from AND p_to > p_from;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO change (record, event, version, sealed, seal_key)
    SELECT c.record, c.event, c.version, c.sealed, c.seal_key
    FROM unnest(p_records, p_events, p_versions, p_sealed, p_seal_keys) WITH ORDINALITY
        AS c (record, event, version, sealed, seal_key, i)
    ORDER BY c.i ON CONFLICT (record, event) DO NOTHING;
    INSERT INTO due (record, agency, event)
    SELECT r.record, r.agency, c.event
    FROM unnest(p_records, p_events, p_versions) AS c (record, event, version)
    JOIN recipient r ON r.record = c.record AND r.version < c.version
    ON CONFLICT (record, agency, event) DO NOTHING;
    RETURN true;
END $$;

-- Where to go on. A new incarnation of the log is gone through from its beginning; nobody is told again what they were told.
CREATE FUNCTION notice_position(p_incarnation integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_position bigint;
BEGIN
    UPDATE notice_progress SET incarnation = p_incarnation, position = 0 WHERE incarnation < p_incarnation;
    SELECT position INTO v_position FROM notice_progress;
    RETURN v_position;
END $$;

CREATE FUNCTION due_notices(p_limit integer)
RETURNS TABLE (o_record bytea, o_agency bytea, o_event bytea, o_recipient bytea, o_recipient_key smallint,
    o_change bytea, o_change_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT d.record, d.agency, d.event, r.sealed, r.seal_key, c.sealed, c.seal_key
    FROM due d JOIN recipient r USING (record, agency) JOIN change c USING (record, event)
    ORDER BY c.n, d.agency LIMIT least(p_limit, 500)
$$;

-- Writes notices in the order given. What is no longer due another instance wrote, what an agency was told stays as it is.
CREATE FUNCTION give_notices(
    p_records bytea[], p_agencies bytea[], p_events bytea[], p_feeds bytea[], p_notices bytea[], p_sealed bytea[],
    p_seal_keys smallint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v record;
    v_number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7233177);
    FOR v IN
        SELECT g.record, g.agency, g.event, g.feed, g.notice, g.sealed, g.seal_key
        FROM unnest(p_records, p_agencies, p_events, p_feeds, p_notices, p_sealed, p_seal_keys) WITH ORDINALITY
            AS g (record, agency, event, feed, notice, sealed, seal_key, i)
        ORDER BY g.i
    LOOP
        DELETE FROM due d WHERE d.record = v.record AND d.agency = v.agency AND d.event = v.event;
        CONTINUE WHEN NOT FOUND;
        CONTINUE WHEN EXISTS (SELECT FROM notice n WHERE n.agency = v.feed AND n.event = v.notice);
        INSERT INTO feed AS f (agency, last) VALUES (v.feed, 1)
            ON CONFLICT (agency) DO UPDATE SET last = f.last + 1 RETURNING f.last INTO v_number;
        INSERT INTO notice (agency, number, event, sealed, seal_key)
            VALUES (v.feed, v_number, v.notice, v.sealed, v.seal_key);
    END LOOP;
END $$;

-- Of one agency, which whoever asks has to be able to name; what was acknowledged is not given again.
CREATE FUNCTION notices_of(p_feed bytea, p_after bigint, p_limit integer)
RETURNS TABLE (o_number bigint, o_event bytea, o_sealed bytea, o_seal_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT n.number, n.event, n.sealed, n.seal_key
    FROM feed f JOIN notice n ON n.agency = f.agency AND n.number > greatest(p_after, f.acknowledged)
    WHERE f.agency = p_feed ORDER BY n.number LIMIT least(p_limit, 500)
$$;

CREATE FUNCTION feed_of(p_feed bytea) RETURNS TABLE (o_last bigint, o_acknowledged bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT f.last, f.acknowledged FROM feed f WHERE f.agency = p_feed
$$;

-- Up to a number that was given; nothing is ever taken back.
CREATE FUNCTION acknowledge_notices(p_feed bytea, p_up_to bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    UPDATE feed SET acknowledged = p_up_to, acknowledged_at = clock_timestamp()
        WHERE agency = p_feed AND p_up_to <= last AND p_up_to > acknowledged;
    RETURN FOUND;
END $$;

-- How long who has been waiting to be asked: agencies by their pseudonyms.
CREATE FUNCTION waiting_notices() RETURNS TABLE (o_feed bytea, o_waiting bigint, o_oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT f.agency, f.last - f.acknowledged, n.at
    FROM feed f JOIN notice n ON n.agency = f.agency AND n.number = f.acknowledged + 1 ORDER BY f.agency
$$;

-- For the inventory: rows by the version of the key, of which the pseudonyms say theirs.
CREATE FUNCTION notice_holdings() RETURNS TABLE (o_table text, o_seal_key integer, o_rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT s.name, s.version, count(*) FROM (
        SELECT 'recipient', v.version FROM recipient r
            CROSS JOIN LATERAL (SELECT r.seal_key::integer UNION SELECT get_byte(r.record, 0)) AS v (version)
        UNION ALL SELECT 'change', v.version FROM change c
            CROSS JOIN LATERAL (SELECT c.seal_key::integer UNION SELECT get_byte(c.record, 0)) AS v (version)
        UNION ALL SELECT 'notice', v.version FROM notice n
            CROSS JOIN LATERAL (SELECT n.seal_key::integer UNION SELECT get_byte(n.agency, 0)) AS v (version)
        UNION ALL SELECT 'feed', get_byte(f.agency, 0) FROM feed f) AS s (name, version)
    GROUP BY 1, 2 ORDER BY 1, 2
$$;

REVOKE ALL ON FUNCTION remember_recipients(bytea[], bytea[], bigint[], bytea[], smallint[]),
    distribute_changes(integer, bigint, bigint, bytea[], bytea[], bigint[], bytea[], smallint[]),
    notice_position(integer), due_notices(integer),
    give_notices(bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], smallint[]),
    notices_of(bytea, bigint, integer), feed_of(bytea), acknowledge_notices(bytea, bigint), waiting_notices(),
    notice_holdings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remember_recipients(bytea[], bytea[], bigint[], bytea[], smallint[]) TO al_writer;
GRANT USAGE ON SCHEMA accesslog TO al_notifier;
GRANT EXECUTE ON FUNCTION
    distribute_changes(integer, bigint, bigint, bytea[], bytea[], bigint[], bytea[], smallint[]),
    notice_position(integer), due_notices(integer),
    give_notices(bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], smallint[]),
    notices_of(bytea, bigint, integer), feed_of(bytea), acknowledge_notices(bytea, bigint), waiting_notices()
    TO al_notifier;
GRANT EXECUTE ON FUNCTION notice_holdings() TO al_sealer;
GRANT SELECT ON recipient, change, due, notice_progress, feed, notice TO al_reader;
