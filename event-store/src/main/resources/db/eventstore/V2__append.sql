-- The only way to write. SQLSTATEs of our own:
--   DP001 deposed: another writer holds the epoch      DP002 the head is not where the caller expects it
--   DP003 sealed under a key generation that is over   DP004 the session does not commit durably

-- A service claims the log when it starts; whoever wrote before is deposed from then on.
CREATE FUNCTION claim_writer(OUT new_epoch bigint, OUT head_position bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
    UPDATE head SET epoch = epoch + 1 RETURNING epoch, position;
$$;

-- After a lost connection: waits until what the old session was doing is committed or gone, then tells the head.
CREATE FUNCTION resume_writer(p_epoch bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_position bigint;
BEGIN
    SELECT h.position INTO v_position FROM head h WHERE h.epoch = p_epoch FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'deposed' USING ERRCODE = 'DP001';
    END IF;
    RETURN v_position;
END $$;

-- For a writer that has nothing to do: whether the log is still its own.
CREATE FUNCTION holds_epoch(p_epoch bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
    SELECT EXISTS (SELECT FROM head h WHERE h.epoch = p_epoch);
$$;

-- Appends units of events; each unit is judged on its own. Everything is set-wise: arrays run in parallel, events name
-- their unit, tags their event, claims and conditions their unit, all counted from 1. A claim is a condition on one tag
-- and any type. Settings: arrays have unknown length to the planner, and the tables may have grown tenfold since the
-- plan was made, so that plans are pinned to index look-ups.
CREATE FUNCTION append(
    p_epoch bigint, p_head bigint, p_generation integer,
    p_commands uuid[],
    p_units integer[], p_streams uuid[], p_versions bigint[], p_types text[], p_type_versions integer[],
    p_holders uuid[], p_commitments bytea[], p_ciphertexts bytea[], p_if_absents boolean[],
    p_tag_events integer[], p_tags bytea[],
    p_claim_units integer[], p_claim_afters bigint[], p_claim_tags bytea[],
    p_condition_units integer[], p_condition_afters bigint[], p_condition_streams uuid[],
    p_condition_tag_ends integer[], p_condition_tags bytea[],
    p_condition_type_ends integer[], p_condition_types text[],
    OUT recorded_micros bigint,
    OUT unit_statuses smallint[],   -- null: all appended; else 0 appended, 2 clashed, 3 known
    OUT event_positions bigint[],   -- null: all appended in order; else 0 for an event left out
    OUT leaves bytea,               -- 32 bytes for each appended event
    OUT known_commands uuid[], OUT known_streams uuid[], OUT known_versions bigint[], OUT known_positions bigint[],
    OUT known_micros bigint[], OUT known_leaves bytea)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, eventstore, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
    v_count   bigint := cardinality(p_streams);
    v_last    timestamptz;
    v_now     timestamptz;
    v_clean   boolean;
    v_present boolean[];
BEGIN
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        RAISE EXCEPTION 'synchronous_commit must be on' USING ERRCODE = 'DP004';
    END IF;

    UPDATE head h SET position = h.position + v_count, recorded_at = greatest(clock_timestamp(), h.recorded_at)
        WHERE h.epoch = p_epoch AND h.position = p_head
        RETURNING old.recorded_at, new.recorded_at INTO v_last, v_now;
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM head h WHERE h.epoch = p_epoch) THEN
            RAISE EXCEPTION 'head moved' USING ERRCODE = 'DP002';
        END IF;
        RAISE EXCEPTION 'deposed' USING ERRCODE = 'DP001';
    END IF;
    IF NOT EXISTS (SELECT FROM key_generation g WHERE g.current AND g.generation = p_generation) THEN
        RAISE EXCEPTION 'key generation is over' USING ERRCODE = 'DP003';
    END IF;
    recorded_micros := (extract(epoch FROM v_now) * 1000000)::bigint;

    -- One look that finds nothing in the common case.
    v_clean := NOT (
        EXISTS (SELECT FROM event h WHERE h.command = ANY (p_commands))
        OR EXISTS (
            SELECT FROM unnest(p_streams, p_versions) AS e (stream, version)
            WHERE EXISTS (
                SELECT FROM event h WHERE h.stream = e.stream AND h.version = e.version OFFSET 0))
        OR EXISTS (
            SELECT FROM unnest(p_claim_tags, p_claim_afters) AS c (tag, after)
            WHERE EXISTS (
                SELECT FROM event_tag t WHERE t.tag = c.tag AND t.position > c.after OFFSET 0))
        OR v_count > 1 AND EXISTS (
            SELECT FROM unnest(p_streams, p_versions) AS e (stream, version)
            GROUP BY e.stream, e.version HAVING count(*) > 1)
        OR cardinality(p_commands) > 1 AND (
            EXISTS (SELECT FROM unnest(p_commands) AS u (command) GROUP BY u.command HAVING count(*) > 1)
            OR EXISTS (
                SELECT FROM (
                    SELECT t.tag, p_units[t.event] AS carries, NULL::integer AS claims
                    FROM unnest(p_tag_events, p_tags) AS t (event, tag)
                    UNION ALL
                    SELECT c.tag, NULL, c.unit FROM unnest(p_claim_units, p_claim_tags) AS c (unit, tag)) AS k
                GROUP BY k.tag HAVING min(k.carries) < max(k.claims)))
        OR cardinality(p_condition_units) > 0);

    IF NOT v_clean THEN
        SELECT array_agg(
                EXISTS (SELECT FROM event h WHERE h.stream = e.stream AND h.version = e.version OFFSET 0) ORDER BY e.n)
            INTO v_present
            FROM unnest(p_streams, p_versions) WITH ORDINALITY AS e (stream, version, n);

        -- Against the log.
        SELECT array_agg(s.status ORDER BY s.unit) INTO unit_statuses FROM (
            SELECT f.unit, max(f.status)::smallint AS status FROM (
                SELECT u.n::integer AS unit,
                    CASE WHEN EXISTS (SELECT FROM event h WHERE h.command = u.command OFFSET 0) THEN 3
                         WHEN row_number() OVER (PARTITION BY u.command ORDER BY u.n) > 1 THEN 2
                         ELSE 0 END AS status
                FROM unnest(p_commands) WITH ORDINALITY AS u (command, n)
                UNION ALL
                SELECT e.unit, 2 FROM unnest(p_units, p_if_absents, v_present) AS e (unit, if_absent, present)
                WHERE e.present AND NOT e.if_absent
                UNION ALL
                SELECT c.unit, 2
                FROM unnest(p_claim_units, p_claim_tags, p_claim_afters) AS c (unit, tag, after)
                WHERE EXISTS (
                    SELECT FROM event_tag t WHERE t.tag = c.tag AND t.position > c.after OFFSET 0)
                UNION ALL
                SELECT c.unit, 2 FROM (
                    SELECT r.unit, r.after, r.stream,
                        p_condition_tags[lag(r.tag_end, 1, 0) OVER (ORDER BY r.n) + 1 : r.tag_end] AS tags,
                        p_condition_types[lag(r.type_end, 1, 0) OVER (ORDER BY r.n) + 1 : r.type_end] AS types
                    FROM unnest(p_condition_units, p_condition_afters, p_condition_streams,
                            p_condition_tag_ends, p_condition_type_ends)
                        WITH ORDINALITY AS r (unit, after, stream, tag_end, type_end, n)) AS c
                WHERE CASE
                    WHEN c.stream IS NOT NULL THEN EXISTS (
                        SELECT FROM event h
                        WHERE h.stream = c.stream AND h.position > c.after
                            AND (cardinality(c.types) = 0 OR h.type = ANY (c.types))
                            AND (SELECT count(*) FROM event_tag t
                                 WHERE t.tag = ANY (c.tags) AND t.position = h.position) = cardinality(c.tags)
                        OFFSET 0)
                    WHEN cardinality(c.tags) > 0 THEN EXISTS (
                        SELECT FROM event_tag f JOIN event h ON h.position = f.position
                        WHERE f.tag = c.tags[1] AND f.position > c.after
                            AND (cardinality(c.types) = 0 OR h.type = ANY (c.types))
                            AND (SELECT count(*) FROM event_tag t
                                 WHERE t.tag = ANY (c.tags) AND t.position = f.position) = cardinality(c.tags)
                        OFFSET 0)
                    ELSE EXISTS (
                        SELECT FROM event h
                        WHERE h.position > c.after AND (cardinality(c.types) = 0 OR h.type = ANY (c.types))
                        OFFSET 0)
                    END
            ) AS f GROUP BY f.unit) AS s;

        -- Against earlier units of this call that passed so far. Some of those fall here themselves, and of a condition
        -- on several tags only the first is looked at: a clash too many is read again and retried, never one too few.
        SELECT array_agg(s.status ORDER BY s.unit) INTO unit_statuses FROM (
            SELECT f.unit, max(f.status)::smallint AS status FROM (
                SELECT u.n::integer AS unit, u.status FROM unnest(unit_statuses) WITH ORDINALITY AS u (status, n)
                UNION ALL
                SELECT d.unit, 2 FROM (
                    SELECT e.unit, e.if_absent,
                        row_number() OVER (PARTITION BY e.stream, e.version ORDER BY e.n) AS nth
                    FROM unnest(p_units, p_streams, p_versions, p_if_absents)
                        WITH ORDINALITY AS e (unit, stream, version, if_absent, n)
                    WHERE unit_statuses[e.unit] = 0) AS d
                WHERE d.nth > 1 AND NOT d.if_absent
                UNION ALL
                SELECT d.unit, 2 FROM (
                    SELECT k.unit, k.asks, min(k.unit) FILTER (WHERE NOT k.asks) OVER (PARTITION BY k.key) AS first_with
                    FROM (
                        SELECT p_units[t.event] AS unit, t.tag AS key, false AS asks
                        FROM unnest(p_tag_events, p_tags) AS t (event, tag)
                        UNION ALL
                        SELECT c.unit, c.tag, true FROM unnest(p_claim_units, p_claim_tags) AS c (unit, tag)
                        UNION ALL
                        SELECT e.unit, k.key, false
                        FROM unnest(p_units, p_streams) AS e (unit, stream),
                            unnest(ARRAY[uuid_send(e.stream), ''::bytea]) AS k (key)
                        WHERE cardinality(p_condition_units) > 0
                        UNION ALL
                        SELECT c.unit,
                            CASE WHEN c.stream IS NOT NULL THEN uuid_send(c.stream)
                                 WHEN c.tag_end > c.tag_start THEN p_condition_tags[c.tag_start + 1]
                                 ELSE '' END,
                            true
                        FROM (
                            SELECT r.unit, r.stream, r.tag_end, lag(r.tag_end, 1, 0) OVER (ORDER BY r.n) AS tag_start
                            FROM unnest(p_condition_units, p_condition_streams, p_condition_tag_ends)
                                WITH ORDINALITY AS r (unit, stream, tag_end, n)) AS c
                    ) AS k
                    WHERE unit_statuses[k.unit] = 0) AS d
                WHERE d.asks AND d.first_with < d.unit
            ) AS f GROUP BY f.unit) AS s;

        -- What is left gets its places; an event that need only be there once is left out where it is there already.
        SELECT array_agg(CASE WHEN o.goes_in THEN p_head + o.nth ELSE 0 END ORDER BY o.n),
                count(*) FILTER (WHERE o.goes_in)
            INTO event_positions, v_count
            FROM (
                SELECT w.n, w.goes_in, count(*) FILTER (WHERE w.goes_in) OVER (ORDER BY w.n) AS nth
                FROM (
                    SELECT e.n,
                        unit_statuses[e.unit] = 0 AND NOT e.present AND row_number() OVER (
                            PARTITION BY e.stream, e.version, unit_statuses[e.unit] = 0 ORDER BY e.n) = 1 AS goes_in
                    FROM unnest(p_units, p_streams, p_versions, v_present)
                        WITH ORDINALITY AS e (unit, stream, version, present, n)) AS w) AS o;

        UPDATE head h SET position = p_head + v_count,
            recorded_at = CASE WHEN v_count > 0 THEN v_now ELSE v_last END;

        IF 3 = ANY (unit_statuses) THEN
            SELECT array_agg(h.command ORDER BY h.position), array_agg(h.stream ORDER BY h.position),
                    array_agg(h.version ORDER BY h.position), array_agg(h.position ORDER BY h.position),
                    array_agg((extract(epoch FROM h.recorded_at) * 1000000)::bigint ORDER BY h.position),
                    string_agg(h.leaf, '' ORDER BY h.position)
                INTO known_commands, known_streams, known_versions, known_positions, known_micros, known_leaves
                FROM event h WHERE h.command = ANY (p_commands);
            -- only what was there before this call: its own rows are not inserted yet
        END IF;
        IF v_count = 0 THEN
            RETURN;
        END IF;
    END IF;

    WITH appended AS (
        INSERT INTO event AS h
            (position, version, recorded_at, type_version, stream, holder, command, type, commitment, leaf)
        SELECT a.place, a.version, v_now, a.type_version, a.stream, a.holder, p_commands[a.unit], a.type, a.commitment,
            sha256('\x00'::bytea || int8send(a.place) || int8send(recorded_micros) || uuid_send(a.stream)
                || int8send(a.version) || int4send(octet_length(a.type)) || convert_to(a.type, 'UTF8')
                || int4send(a.type_version) || a.commitment)
        FROM (
            SELECT CASE WHEN v_clean THEN p_head + e.n ELSE event_positions[e.n] END AS place, e.*
            FROM unnest(p_units, p_streams, p_versions, p_types, p_type_versions, p_holders, p_commitments)
                WITH ORDINALITY AS e (unit, stream, version, type, type_version, holder, commitment, n)) AS a
        WHERE a.place > 0
        RETURNING h.position, h.leaf)
    SELECT string_agg(x.leaf, '' ORDER BY x.position) INTO leaves FROM appended x;

    INSERT INTO ciphertext_1 (position, ciphertext)
    SELECT CASE WHEN v_clean THEN p_head + e.n ELSE event_positions[e.n] END, e.ciphertext
    FROM unnest(p_ciphertexts) WITH ORDINALITY AS e (ciphertext, n)
    WHERE v_clean OR event_positions[e.n] > 0;

    IF cardinality(p_tags) > 0 THEN
        INSERT INTO event_tag (tag, position)
        SELECT t.tag, CASE WHEN v_clean THEN p_head + t.event ELSE event_positions[t.event] END
        FROM unnest(p_tag_events, p_tags) AS t (event, tag)
        WHERE v_clean OR event_positions[t.event] > 0;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION claim_writer, resume_writer, holds_epoch, append TO es_writer;
REVOKE ALL ON FUNCTION claim_writer, resume_writer, holds_epoch, append, refuse_change FROM PUBLIC;
