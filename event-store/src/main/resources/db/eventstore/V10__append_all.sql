-- append for many units that as a rule all go in, as V9 has it for one: all or nothing, and nothing is caught. It leaves no
-- event out either: the caller does, where one needs to be there once and is. SQLSTATEs as in V9:
--   DP020 to be judged: nothing was done, append says why which unit does not go in, or that it did before
-- A unique violation says the same: a known command, or a version that is taken.
CREATE FUNCTION append_all(
    p_epoch bigint, p_head bigint, p_generation integer, p_tag_epoch bigint,
    p_commands uuid[], p_unit_starts integer[],
    p_units integer[], p_streams uuid[], p_versions bigint[], p_types text[], p_type_versions integer[],
    p_holders uuid[], p_commitments bytea[], p_ciphertexts bytea[],
    p_tag_events integer[], p_tags bytea[], p_claim_units integer[], p_claim_tags bytea[],
    OUT recorded_micros bigint, OUT leaves bytea)
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
    v_count integer := cardinality(p_streams);
    v_now   timestamptz;
BEGIN
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        RAISE EXCEPTION 'synchronous_commit must be on' USING ERRCODE = 'DP004';
    END IF;
    UPDATE head h SET position = h.position + v_count, recorded_at = greatest(clock_timestamp(), h.recorded_at)
        WHERE h.epoch = p_epoch AND h.position = p_head AND h.key_generation = p_generation
            AND (p_tag_epoch = 0 OR h.tag_epoch = p_tag_epoch)
        RETURNING new.recorded_at INTO v_now;
    IF NOT FOUND
        OR EXISTS (SELECT FROM event_tag t WHERE t.tag = ANY (p_claim_tags))
        OR EXISTS (
            SELECT FROM (
                SELECT t.tag, p_units[t.event] AS carries, NULL::integer AS claims
                FROM unnest(p_tag_events, p_tags) AS t (event, tag)
                UNION ALL
                SELECT c.tag, NULL, c.unit FROM unnest(p_claim_units, p_claim_tags) AS c (unit, tag)) AS k
            GROUP BY k.tag HAVING min(k.carries) < max(k.claims)) THEN
        RAISE EXCEPTION 'to be judged' USING ERRCODE = 'DP020';
    END IF;
    recorded_micros := (extract(epoch FROM v_now) * 1000000)::bigint;

    WITH appended AS (
        INSERT INTO event AS h
            (position, version, recorded_at, type_version, unit_events, stream, holder, command, type, commitment, leaf)
        SELECT p_head + a.n, a.version, v_now, a.type_version,
            CASE WHEN p_units[a.n + 1] = a.unit THEN 0 ELSE a.n - p_unit_starts[a.unit] + 1 END,
            a.stream, a.holder, p_commands[a.unit], a.type, a.commitment,
            sha256('\x00'::bytea || int8send(p_head + a.n) || int8send(recorded_micros) || uuid_send(a.stream)
                || int8send(a.version) || int4send(octet_length(a.type)) || convert_to(a.type, 'UTF8')
                || int4send(a.type_version) || a.commitment)
        FROM (
            SELECT generate_series(1, v_count) AS n, unnest(p_units) AS unit,
                unnest(p_streams) AS stream, unnest(p_versions) AS version, unnest(p_types) AS type,
                unnest(p_type_versions) AS type_version, unnest(p_holders) AS holder,
                unnest(p_commitments) AS commitment) AS a
        RETURNING h.position, h.leaf)
    SELECT string_agg(x.leaf, '' ORDER BY x.position) INTO leaves FROM appended x;

    INSERT INTO current_ciphertext (position, ciphertext)
        SELECT p_head + e.n, e.ciphertext
        FROM (SELECT generate_series(1, v_count) AS n, unnest(p_ciphertexts) AS ciphertext) AS e;

    INSERT INTO event_tag (tag, position)
        SELECT t.tag, p_head + t.event FROM unnest(p_tag_events, p_tags) AS t (event, tag) ORDER BY t.tag;
END $$;

GRANT EXECUTE ON FUNCTION append_all TO es_writer;
REVOKE ALL ON FUNCTION append_all FROM PUBLIC;
