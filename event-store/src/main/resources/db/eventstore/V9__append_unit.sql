-- append for what comes alone: one unit of few events that as a rule all go in. Nothing is set-wise, and nothing is
-- caught. SQLSTATE of our own, beside those of V2, V5 and V8:
--   DP020 to be judged: nothing was done, append says why the unit does not go in, or that it did before
-- A unique violation says the same: a known command, or a version that is taken.
CREATE FUNCTION append_unit(
    p_epoch bigint, p_head bigint, p_generation integer, p_tag_epoch bigint, p_command uuid,
    p_streams uuid[], p_versions bigint[], p_types text[], p_type_versions integer[],
    p_holders uuid[], p_commitments bytea[], p_ciphertexts bytea[],
    p_tag_events integer[], p_tags bytea[], p_claim_tags bytea[],
    OUT recorded_micros bigint, OUT leaves bytea)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, eventstore, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_count integer := cardinality(p_streams);
    v_now   timestamptz;
    v_leaf  bytea;
BEGIN
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        RAISE EXCEPTION 'synchronous_commit must be on' USING ERRCODE = 'DP004';
    END IF;
    UPDATE head h SET position = h.position + v_count, recorded_at = greatest(clock_timestamp(), h.recorded_at)
        WHERE h.epoch = p_epoch AND h.position = p_head AND h.key_generation = p_generation
            AND (p_tag_epoch = 0 OR h.tag_epoch = p_tag_epoch)
        RETURNING new.recorded_at INTO v_now;
    IF NOT FOUND OR EXISTS (SELECT FROM event_tag t WHERE t.tag = ANY (p_claim_tags)) THEN
        RAISE EXCEPTION 'to be judged' USING ERRCODE = 'DP020';
    END IF;
    recorded_micros := (extract(epoch FROM v_now) * 1000000)::bigint;
    leaves := '';
    FOR n IN 1 .. v_count LOOP
        v_leaf := sha256('\x00'::bytea || int8send(p_head + n) || int8send(recorded_micros) || uuid_send(p_streams[n])
            || int8send(p_versions[n]) || int4send(octet_length(p_types[n])) || convert_to(p_types[n], 'UTF8')
            || int4send(p_type_versions[n]) || p_commitments[n]);
        leaves := leaves || v_leaf;
        INSERT INTO event
            (position, version, recorded_at, type_version, unit_events, stream, holder, command, type, commitment, leaf)
            VALUES (p_head + n, p_versions[n], v_now, p_type_versions[n], CASE WHEN n = v_count THEN v_count ELSE 0 END,
                p_streams[n], p_holders[n], p_command, p_types[n], p_commitments[n], v_leaf);
        INSERT INTO current_ciphertext (position, ciphertext) VALUES (p_head + n, p_ciphertexts[n]);
    END LOOP;
    FOR n IN 1 .. cardinality(p_tags) LOOP
        INSERT INTO event_tag (tag, position) VALUES (p_tags[n], p_head + p_tag_events[n]);
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION append_unit TO es_writer;
REVOKE ALL ON FUNCTION append_unit FROM PUBLIC;
