-- What happens to the records of people about whom an agency has a case (docs/cases.md). No number stands here: a person, an
-- agency and a record are pseudonyms that fit no other row, what a case is about is sealed.

CREATE TABLE agency_case (
    id          uuid        PRIMARY KEY,
    -- of agency, purpose, its own reference and the person together: the same case is not opened twice
    key         bytea       NOT NULL UNIQUE,
    agency      bytea       NOT NULL,
    person      bytea       NOT NULL,
    sealed      bytea       NOT NULL,
    seal_key    smallint    NOT NULL CHECK (seal_key >= 1),
    -- told is what stands behind this position of the log and, once it is closed, not behind the other
    after       bigint      NOT NULL CHECK (after >= 0),
    up_to       bigint,
    opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    until       timestamptz NOT NULL,
    closed_at   timestamptz,
    -- to whom the number leads: none while nobody has it
    root        bytea,
    root_sealed bytea,
    root_key    smallint    CHECK (root_key >= 1),
    -- whether it is known which streams are this person's
    followed    boolean     NOT NULL DEFAULT false,
    CHECK ((closed_at IS NULL) = (up_to IS NULL))
);
CREATE INDEX agency_case_of_agency_idx ON agency_case (agency, id);
CREATE INDEX agency_case_to_follow_idx ON agency_case (id) WHERE NOT followed AND root IS NOT NULL;
CREATE INDEX agency_case_waiting_idx ON agency_case (person) WHERE root IS NULL;

-- Holders who are this person, and records that were moved to them.
CREATE TABLE case_stream (
    case_id uuid  NOT NULL REFERENCES agency_case (id) ON DELETE CASCADE,
    stream  bytea NOT NULL,
    PRIMARY KEY (stream, case_id)
);
CREATE INDEX case_stream_of_case_idx ON case_stream (case_id);

-- What is to be told and is not written yet.
CREATE TABLE case_news (
    n        bigint   GENERATED ALWAYS AS IDENTITY UNIQUE,
    case_id  uuid     NOT NULL REFERENCES agency_case (id),
    event    bytea    NOT NULL,
    sealed   bytea    NOT NULL,
    seal_key smallint NOT NULL CHECK (seal_key >= 1),
    PRIMARY KEY (case_id, event)
);

-- Up to where somebody is about to go through the log: a case that is opened from then on begins behind it.
ALTER TABLE notice_progress ADD COLUMN reaching bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION notice_position(p_incarnation integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_position bigint;
BEGIN
    UPDATE notice_progress SET incarnation = p_incarnation, position = 0, reaching = 0 WHERE incarnation < p_incarnation;
    SELECT position INTO v_position FROM notice_progress;
    RETURN v_position;
END $$;

-- Opens a case, or renews it: then it goes on from where it began, also when it ended within the hour, of which perhaps not all
-- was told yet. No row where the log was gone through beyond the position that whoever opens it saw; then it looks again.
CREATE FUNCTION open_case(
    p_id uuid, p_key bytea, p_agency bytea, p_person bytea, p_sealed bytea, p_seal_key smallint, p_until timestamptz,
    p_head bigint, p_root bytea, p_root_sealed bytea, p_root_key smallint)
RETURNS TABLE (o_id uuid, o_after bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_id uuid;
    v_ended boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7233176);
    IF p_head < (SELECT greatest(p.position, p.reaching) FROM notice_progress p) THEN
        RETURN;
    END IF;
    IF (p_until > clock_timestamp() AND p_until <= clock_timestamp() + interval '368 days') IS NOT TRUE THEN
        RAISE EXCEPTION 'no case is open for longer than a year' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO agency_case
        (id, key, agency, person, sealed, seal_key, after, until, root, root_sealed, root_key)
    VALUES (p_id, p_key, p_agency, p_person, p_sealed, p_seal_key, p_head, p_until, p_root, p_root_sealed, p_root_key)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NOT NULL THEN
        RETURN QUERY SELECT v_id, p_head;
        RETURN;
    END IF;
    SELECT c.id, least(c.closed_at, c.until) <= clock_timestamp() - interval '1 hour' INTO v_id, v_ended
        FROM agency_case c WHERE c.key = p_key FOR UPDATE;
    IF v_ended THEN
        DELETE FROM case_stream s WHERE s.case_id = v_id;
        UPDATE agency_case c SET sealed = p_sealed, seal_key = p_seal_key, after = p_head, up_to = NULL,
            opened_at = clock_timestamp(), until = p_until, closed_at = NULL, root = p_root, root_sealed = p_root_sealed,
            root_key = p_root_key, followed = false WHERE c.id = v_id;
    ELSE
        UPDATE agency_case c SET sealed = p_sealed, seal_key = p_seal_key, until = p_until, closed_at = NULL, up_to = NULL
            WHERE c.id = v_id;
    END IF;
    RETURN QUERY SELECT c.id, c.after FROM agency_case c WHERE c.id = v_id;
END $$;

-- Told is still what stood in the log when it was closed. False where the agency has no such case.
CREATE FUNCTION close_case(p_agency bytea, p_id uuid, p_head bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7233176);
    UPDATE agency_case SET closed_at = clock_timestamp(), up_to = p_head
        WHERE agency = p_agency AND id = p_id AND closed_at IS NULL;
    RETURN EXISTS (SELECT FROM agency_case WHERE agency = p_agency AND id = p_id);
END $$;

-- Of one agency, which whoever asks has to be able to name.
CREATE FUNCTION cases_of(p_agency bytea, p_after uuid, p_limit integer)
RETURNS TABLE (o_id uuid, o_key bytea, o_sealed bytea, o_seal_key smallint, o_opened_at timestamptz, o_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT c.id, c.key, c.sealed, c.seal_key, c.opened_at, c.until FROM agency_case c
    WHERE c.agency = p_agency AND c.id > p_after AND c.closed_at IS NULL AND c.until > clock_timestamp()
    ORDER BY c.id LIMIT least(p_limit, 501)
$$;

-- Says how far somebody is about to go, so that no case is opened in between; and whether any case is told of it.
CREATE FUNCTION reach(p_incarnation integer, p_to bigint, OUT o_any boolean, OUT o_waiting boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7233176);
    UPDATE notice_progress SET reaching = greatest(reaching, p_to) WHERE incarnation = p_incarnation;
    o_any := EXISTS (SELECT FROM agency_case c, notice_progress p WHERE c.up_to IS NULL OR c.up_to > p.position);
    o_waiting := EXISTS (SELECT FROM agency_case c, notice_progress p
        WHERE c.root IS NULL AND (c.up_to IS NULL OR c.up_to > p.position));
END $$;

-- Cases of which it is not known yet which streams are their persons'.
CREATE FUNCTION cases_to_follow()
RETURNS TABLE (o_id uuid, o_key bytea, o_person bytea, o_after bigint, o_up_to bigint, o_until timestamptz, o_root bytea,
    o_root_sealed bytea, o_root_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT c.id, c.key, c.person, c.after, c.up_to, c.until, c.root, c.root_sealed, c.root_key
    FROM agency_case c, notice_progress p
    WHERE NOT c.followed AND c.root IS NOT NULL AND (c.up_to IS NULL OR c.up_to > p.position)
$$;

-- Cases about people of whom nobody had the number yet.
CREATE FUNCTION cases_waiting(p_persons bytea[])
RETURNS TABLE (o_id uuid, o_key bytea, o_person bytea, o_after bigint, o_up_to bigint, o_until timestamptz, o_root bytea,
    o_root_sealed bytea, o_root_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT c.id, c.key, c.person, c.after, c.up_to, c.until, c.root, c.root_sealed, c.root_key
    FROM agency_case c WHERE c.person = ANY (p_persons) AND c.root IS NULL
$$;

-- Cases that have one of these streams, each with all that it has.
CREATE FUNCTION cases_with(p_streams bytea[])
RETURNS TABLE (o_id uuid, o_key bytea, o_person bytea, o_after bigint, o_up_to bigint, o_until timestamptz, o_root bytea,
    o_root_sealed bytea, o_root_key smallint, o_streams bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT c.id, c.key, c.person, c.after, c.up_to, c.until, c.root, c.root_sealed, c.root_key,
        (SELECT array_agg(a.stream) FROM case_stream a WHERE a.case_id = c.id)
    FROM agency_case c WHERE c.id IN (SELECT s.case_id FROM case_stream s WHERE s.stream = ANY (p_streams))
$$;

-- As distribute_changes, and with what cases are to be told, and whose streams they follow, in the same transaction.
CREATE FUNCTION go_through(
    p_incarnation integer, p_from bigint, p_to bigint, p_records bytea[], p_events bytea[], p_versions bigint[],
    p_sealed bytea[], p_seal_keys smallint[], p_followed uuid[], p_roots bytea[], p_stream_cases uuid[],
    p_streams bytea[], p_news_cases uuid[], p_news_events bytea[], p_news_sealed bytea[], p_news_keys smallint[])
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    IF NOT distribute_changes(p_incarnation, p_from, p_to, p_records, p_events, p_versions, p_sealed, p_seal_keys) THEN
        RETURN false;
    END IF;
    UPDATE agency_case c SET root = f.root, followed = true
        FROM unnest(p_followed, p_roots) AS f (id, root) WHERE c.id = f.id;
    DELETE FROM case_stream s WHERE s.case_id = ANY (p_followed);
    INSERT INTO case_stream (case_id, stream)
    SELECT s.case_id, s.stream FROM unnest(p_stream_cases, p_streams) AS s (case_id, stream)
        WHERE EXISTS (SELECT FROM agency_case c WHERE c.id = s.case_id)
    ON CONFLICT (stream, case_id) DO NOTHING;
    INSERT INTO case_news (case_id, event, sealed, seal_key)
    SELECT n.case_id, n.event, n.sealed, n.seal_key
    FROM unnest(p_news_cases, p_news_events, p_news_sealed, p_news_keys) WITH ORDINALITY
        AS n (case_id, event, sealed, seal_key, i)
        WHERE EXISTS (SELECT FROM agency_case c WHERE c.id = n.case_id)
    ORDER BY n.i ON CONFLICT (case_id, event) DO NOTHING;
    RETURN true;
END $$;

CREATE FUNCTION due_case_news(p_limit integer)
RETURNS TABLE (o_case uuid, o_event bytea, o_news bytea, o_news_key smallint, o_key bytea, o_about bytea, o_about_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT n.case_id, n.event, n.sealed, n.seal_key, c.key, c.sealed, c.seal_key
    FROM case_news n JOIN agency_case c ON c.id = n.case_id ORDER BY n.n LIMIT least(p_limit, 500)
$$;

-- As give_notices. Nobody is told where there is no feed: the mandate of the case has ended.
CREATE FUNCTION give_case_news(
    p_cases uuid[], p_events bytea[], p_feeds bytea[], p_notices bytea[], p_sealed bytea[], p_seal_keys smallint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v record;
    v_number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7233177);
    FOR v IN
        SELECT g.case_id, g.event, g.feed, g.notice, g.sealed, g.seal_key
        FROM unnest(p_cases, p_events, p_feeds, p_notices, p_sealed, p_seal_keys) WITH ORDINALITY
            AS g (case_id, event, feed, notice, sealed, seal_key, i)
        ORDER BY g.i
    LOOP
        DELETE FROM case_news n WHERE n.case_id = v.case_id AND n.event = v.event;
        CONTINUE WHEN NOT FOUND OR v.feed IS NULL;
        CONTINUE WHEN EXISTS (SELECT FROM notice n WHERE n.agency = v.feed AND n.event = v.notice);
        INSERT INTO feed AS f (agency, last) VALUES (v.feed, 1)
            ON CONFLICT (agency) DO UPDATE SET last = f.last + 1 RETURNING f.last INTO v_number;
        INSERT INTO notice (agency, number, event, sealed, seal_key)
            VALUES (v.feed, v_number, v.notice, v.sealed, v.seal_key);
    END LOOP;
END $$;

-- Cases that were closed, or ended, before a moment, and of which nothing is to be told any more.
CREATE FUNCTION expire_cases(p_before timestamptz, p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_removed bigint;
BEGIN
    IF (p_before <= clock_timestamp() - interval '29 days') IS NOT TRUE THEN
        RAISE EXCEPTION 'no case goes before its time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- nobody follows it meanwhile, or opens it again
    PERFORM pg_advisory_xact_lock(7233176);
    DELETE FROM agency_case c USING (
        SELECT o.id FROM agency_case o WHERE least(o.closed_at, o.until) < p_before
            AND NOT EXISTS (SELECT FROM case_news n WHERE n.case_id = o.id) LIMIT p_limit) AS old
    WHERE c.id = old.id;
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    RETURN v_removed;
END $$;

CREATE OR REPLACE FUNCTION notice_holdings() RETURNS TABLE (o_table text, o_seal_key integer, o_rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT s.name, s.version, count(*) FROM (
        SELECT 'recipient', v.version FROM recipient r
            CROSS JOIN LATERAL (SELECT r.seal_key::integer UNION SELECT get_byte(r.record, 0)) AS v (version)
        UNION ALL SELECT 'change', v.version FROM change c
            CROSS JOIN LATERAL (SELECT c.seal_key::integer UNION SELECT get_byte(c.record, 0)) AS v (version)
        UNION ALL SELECT 'notice', v.version FROM notice n
            CROSS JOIN LATERAL (SELECT n.seal_key::integer UNION SELECT get_byte(n.agency, 0)) AS v (version)
        UNION ALL SELECT 'agency_case', v.version FROM agency_case a
            CROSS JOIN LATERAL (SELECT a.seal_key::integer UNION SELECT get_byte(a.key, 0)
                UNION SELECT a.root_key::integer WHERE a.root_key IS NOT NULL) AS v (version)
        UNION ALL SELECT 'case_news', v.version FROM case_news w
            CROSS JOIN LATERAL (SELECT w.seal_key::integer UNION SELECT get_byte(w.event, 0)) AS v (version)
        UNION ALL SELECT 'feed', get_byte(f.agency, 0) FROM feed f) AS s (name, version)
    GROUP BY 1, 2 ORDER BY 1, 2
$$;

-- go_through does it from now on
REVOKE EXECUTE ON FUNCTION
    distribute_changes(integer, bigint, bigint, bytea[], bytea[], bigint[], bytea[], smallint[]) FROM al_notifier;
REVOKE ALL ON FUNCTION
    open_case(uuid, bytea, bytea, bytea, bytea, smallint, timestamptz, bigint, bytea, bytea, smallint),
    close_case(bytea, uuid, bigint), cases_of(bytea, uuid, integer), reach(integer, bigint), cases_to_follow(),
    cases_waiting(bytea[]), cases_with(bytea[]),
    go_through(integer, bigint, bigint, bytea[], bytea[], bigint[], bytea[], smallint[], uuid[], bytea[], uuid[], bytea[],
        uuid[], bytea[], bytea[], smallint[]),
    due_case_news(integer), give_case_news(uuid[], bytea[], bytea[], bytea[], bytea[], smallint[]),
    expire_cases(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    open_case(uuid, bytea, bytea, bytea, bytea, smallint, timestamptz, bigint, bytea, bytea, smallint),
    close_case(bytea, uuid, bigint), cases_of(bytea, uuid, integer), reach(integer, bigint), cases_to_follow(),
    cases_waiting(bytea[]), cases_with(bytea[]),
    go_through(integer, bigint, bigint, bytea[], bytea[], bigint[], bytea[], smallint[], uuid[], bytea[], uuid[], bytea[],
        uuid[], bytea[], bytea[], smallint[]),
    due_case_news(integer), give_case_news(uuid[], bytea[], bytea[], bytea[], bytea[], smallint[])
    TO al_notifier;
GRANT EXECUTE ON FUNCTION expire_cases(timestamptz, integer) TO al_retention;
GRANT SELECT ON agency_case, case_stream, case_news TO al_reader;
