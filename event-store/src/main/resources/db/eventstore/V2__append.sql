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
-- plan was made, so that plans are pinned to index look-ups ("position + 0" keeps one from walking the log).
CREATE FUNCTION append(
    p_epoch bigint, p_head bigint, p_generation integer,
    p_commands uuid[], p_unit_starts integer[],
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
SET work_mem = '64MB'
SET jit = off
AS $$
DECLARE
    v_offered bigint := cardinality(p_streams);
    v_count   bigint := v_offered;
    v_last    timestamptz;
    v_now     timestamptz;
    v_judge   boolean;
    v_present boolean[];
    v_empty   boolean;
    v_closing integer[]; -- as event.unit_events, where some events are left out
BEGIN
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        RAISE EXCEPTION 'synchronous_commit must be on' USING ERRCODE = 'DP004';
    END IF;

    UPDATE head h SET position = h.position + v_offered, recorded_at = greatest(clock_timestamp(), h.recorded_at)
        WHERE h.epoch = p_epoch AND h.position = p_head
            AND EXISTS (SELECT FROM key_generation g WHERE g.current AND g.generation = p_generation)
        RETURNING old.recorded_at, new.recorded_at INTO v_last, v_now;
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT FROM head h WHERE h.epoch = p_epoch) THEN
            RAISE EXCEPTION 'deposed' USING ERRCODE = 'DP001';
        ELSIF NOT EXISTS (SELECT FROM head h WHERE h.position = p_head) THEN
            RAISE EXCEPTION 'head moved' USING ERRCODE = 'DP002';
        END IF;
        RAISE EXCEPTION 'key generation is over' USING ERRCODE = 'DP003';
    END IF;
    recorded_micros := (extract(epoch FROM v_now) * 1000000)::bigint;

    -- One look that finds nothing to judge in the common case. Known commands and taken versions are left to the unique
    -- indexes, which look anyway.
    v_judge := cardinality(p_condition_units) > 0
        OR EXISTS (SELECT FROM event_tag t WHERE t.tag = ANY (p_claim_tags))
        OR v_offered > 1 AND EXISTS (
            SELECT FROM unnest(p_streams, p_versions, p_if_absents) AS e (stream, version, if_absent)
            GROUP BY e.stream, e.version HAVING count(*) > 1 AND NOT bool_and(e.if_absent))
        OR cardinality(p_commands) > 1 AND EXISTS (
            SELECT FROM (
                SELECT t.tag, p_units[t.event] AS carries, NULL::integer AS claims
                FROM unnest(p_tag_events, p_tags) AS t (event, tag)
                UNION ALL
                SELECT c.tag, NULL, c.unit FROM unnest(p_claim_units, p_claim_tags) AS c (unit, tag)) AS k
            GROUP BY k.tag HAVING min(k.carries) < max(k.claims));

    LOOP
        IF v_judge OR true = ANY (p_if_absents) THEN
            SELECT array_agg(
                    (v_judge OR e.if_absent) AND EXISTS (
                        SELECT FROM event h WHERE h.stream = e.stream AND h.version = e.version OFFSET 0) ORDER BY e.n)
                INTO v_present
                FROM unnest(p_streams, p_versions, p_if_absents) WITH ORDINALITY AS e (stream, version, if_absent, n);
        END IF;

        IF v_judge THEN
            -- Against the log.
            SELECT array_agg(s.status ORDER BY s.unit) INTO unit_statuses FROM (
                SELECT f.unit, max(f.status)::smallint AS status FROM (
                    SELECT u.n::integer AS unit,
                        CASE WHEN EXISTS (
                                 SELECT FROM event h WHERE h.command = u.command AND h.unit_events > 0 OFFSET 0) THEN 3
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
                            WHERE h.stream = c.stream AND h.position + 0 > c.after
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

            IF 3 = ANY (unit_statuses) THEN
                SELECT array_agg(h.command ORDER BY h.position), array_agg(h.stream ORDER BY h.position),
                        array_agg(h.version ORDER BY h.position), array_agg(h.position ORDER BY h.position),
                        array_agg((extract(epoch FROM h.recorded_at) * 1000000)::bigint ORDER BY h.position),
                        string_agg(h.leaf, '' ORDER BY h.position)
                    INTO known_commands, known_streams, known_versions, known_positions, known_micros, known_leaves
                    FROM event c JOIN event h ON h.position > c.position - c.unit_events AND h.position <= c.position
                    WHERE c.command = ANY (p_commands) AND c.unit_events > 0;
            END IF;
        END IF;

        -- What is left gets its places; an event that need only be there once is left out where it is there already.
        IF v_present IS NOT NULL THEN
            SELECT array_agg(CASE WHEN o.goes_in THEN p_head + o.nth ELSE 0 END ORDER BY o.n),
                    array_agg(CASE WHEN o.goes_in AND o.nth_of_unit = o.of_unit THEN o.of_unit ELSE 0 END ORDER BY o.n),
                    count(*) FILTER (WHERE o.goes_in), bool_or(o.of_unit = 0)
                INTO event_positions, v_closing, v_count, v_empty
                FROM (
                    SELECT w.n, w.goes_in,
                        count(*) FILTER (WHERE w.goes_in) OVER (ORDER BY w.n) AS nth,
                        (count(*) FILTER (WHERE w.goes_in) OVER (PARTITION BY w.unit ORDER BY w.n))::integer AS nth_of_unit,
                        (count(*) FILTER (WHERE w.goes_in) OVER (PARTITION BY w.unit))::integer AS of_unit
                    FROM (
                        SELECT e.n, e.unit,
                            e.passed AND NOT e.present AND row_number() OVER (
                                PARTITION BY e.stream, e.version, e.passed ORDER BY e.n) = 1 AS goes_in
                        FROM (
                            SELECT r.*, coalesce(unit_statuses[r.unit], 0) = 0 AS passed
                            FROM unnest(p_units, p_streams, p_versions, v_present)
                                WITH ORDINALITY AS r (unit, stream, version, present, n)) AS e) AS w) AS o;
            IF v_empty AND NOT v_judge THEN
                v_judge := true; -- nothing of that unit would meet the index that knows its command
                CONTINUE;
            END IF;
            UPDATE head h SET position = p_head + v_count,
                recorded_at = CASE WHEN v_count > 0 THEN v_now ELSE v_last END;
            IF v_count = 0 THEN
                RETURN;
            END IF;
        END IF;

        BEGIN
            WITH appended AS (
                INSERT INTO event AS h
                    (position, version, recorded_at, type_version, unit_events, stream, holder, command, type, commitment,
                     leaf)
                SELECT a.place, a.version, v_now, a.type_version,
                    CASE WHEN v_closing IS NOT NULL THEN v_closing[a.n]
                         WHEN p_units[a.n + 1] = a.unit THEN 0
                         ELSE a.n - p_unit_starts[a.unit] + 1 END,
                    a.stream, a.holder, p_commands[a.unit], a.type, a.commitment,
                    sha256('\x00'::bytea || int8send(a.place) || int8send(recorded_micros) || uuid_send(a.stream)
                        || int8send(a.version) || int4send(octet_length(a.type)) || convert_to(a.type, 'UTF8')
                        || int4send(a.type_version) || a.commitment)
                FROM (
                    SELECT e.*,
                        CASE WHEN event_positions IS NULL THEN p_head + e.n ELSE event_positions[e.n] END AS place
                    FROM (
                        SELECT generate_series(1, v_offered::integer) AS n, unnest(p_units) AS unit,
                            unnest(p_streams) AS stream, unnest(p_versions) AS version, unnest(p_types) AS type,
                            unnest(p_type_versions) AS type_version, unnest(p_holders) AS holder,
                            unnest(p_commitments) AS commitment) AS e) AS a
                WHERE a.place > 0
                RETURNING h.position, h.leaf)
            SELECT string_agg(x.leaf, '' ORDER BY x.position) INTO leaves FROM appended x;

            INSERT INTO ciphertext_1 (position, ciphertext)
            SELECT CASE WHEN event_positions IS NULL THEN p_head + e.n ELSE event_positions[e.n] END, e.ciphertext
            FROM (SELECT generate_series(1, v_offered::integer) AS n, unnest(p_ciphertexts) AS ciphertext) AS e
            WHERE event_positions IS NULL OR event_positions[e.n] > 0;

            IF cardinality(p_tags) > 0 THEN
                INSERT INTO event_tag (tag, position)
                SELECT t.tag, CASE WHEN event_positions IS NULL THEN p_head + t.event ELSE event_positions[t.event] END
                FROM unnest(p_tag_events, p_tags) AS t (event, tag)
                WHERE event_positions IS NULL OR event_positions[t.event] > 0
                ORDER BY t.tag;
            END IF;
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            IF v_judge THEN
                RAISE;
            END IF;
            v_judge := true;
        END;
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION claim_writer, resume_writer, holds_epoch, append TO es_writer;
REVOKE ALL ON FUNCTION claim_writer, resume_writer, holds_epoch, append, refuse_change FROM PUBLIC;
