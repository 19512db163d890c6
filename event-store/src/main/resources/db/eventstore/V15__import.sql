-- A registry that is empty takes over the log of another one, event by event: places, times, commitments and so leaves stay
-- what they were. SQLSTATEs of our own:
--   DP030 the log has events, or another import was begun   DP031 the import is not at this position
--   DP032 what was given is not in the order of the log, or of the future

CREATE TABLE imported_log (
    singleton boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    bag       text        NOT NULL CHECK (bag ~ '^[0-9a-f]{64}$'), -- SHA-256 of its tag manifest
    size      bigint      NOT NULL CHECK (size > 0),
    root      bytea       NOT NULL CHECK (octet_length(root) = 32),
    begun_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at  timestamptz,
    receipt_keys jsonb -- public keys of the receipts given before
);

-- Begins it, or finds it begun; answers how far it is. Whoever wrote before is deposed.
CREATE FUNCTION begin_import(p_bag text, p_size bigint, p_root bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_position bigint;
BEGIN
    UPDATE head SET epoch = epoch + 1 RETURNING position INTO v_position;
    IF EXISTS (SELECT FROM imported_log i WHERE i.bag = p_bag AND i.size = p_size AND i.root = p_root AND i.ended_at IS NULL) THEN
        RETURN v_position;
    END IF;
    IF v_position > 0 OR EXISTS (SELECT FROM imported_log) THEN
        RAISE EXCEPTION 'not an empty log' USING ERRCODE = 'DP030';
    END IF;
    INSERT INTO imported_log (bag, size, root) VALUES (p_bag, p_size, p_root);
    RETURN 0;
END $$;

-- Takes the next events. What the database computes of a leaf it computes itself.
CREATE FUNCTION import_events(
    p_bag text, p_from bigint, p_generation integer,
    p_micros bigint[], p_streams uuid[], p_versions bigint[], p_types text[], p_type_versions integer[],
    p_holders uuid[], p_commands uuid[], p_unit_events integer[], p_commitments bytea[], p_ciphertexts bytea[],
    p_tag_events integer[], p_tags bytea[]) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    v_count  integer := cardinality(p_streams);
    v_last   timestamptz := 'epoch'::timestamptz + p_micros[v_count] * interval '1 microsecond';
    v_before timestamptz;
    v_leaves bytea;
BEGIN
    UPDATE head h SET position = p_from + v_count, recorded_at = v_last
        WHERE h.position = p_from AND h.key_generation = p_generation
            AND EXISTS (SELECT FROM imported_log i WHERE i.bag = p_bag AND i.ended_at IS NULL AND i.size >= p_from + v_count)
        RETURNING old.recorded_at INTO v_before;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the import is not here' USING ERRCODE = 'DP031';
    END IF;
    IF v_last > clock_timestamp() OR EXISTS (
        SELECT FROM (
            SELECT m.micros, lag(m.micros, 1, (extract(epoch FROM v_before) * 1000000)::bigint) OVER (ORDER BY m.n) AS before
            FROM unnest(p_micros) WITH ORDINALITY AS m (micros, n)) AS t
        WHERE t.micros < t.before) THEN
        RAISE EXCEPTION 'time runs back' USING ERRCODE = 'DP032';
    END IF;
    WITH appended AS (
        INSERT INTO event AS h
            (position, version, recorded_at, type_version, unit_events, stream, holder, command, type, commitment, leaf)
        SELECT p_from + a.n, a.version, 'epoch'::timestamptz + a.micros * interval '1 microsecond', a.type_version,
            a.unit_events, a.stream, a.holder, a.command, a.type, a.commitment,
            sha256('\x00'::bytea || int8send(p_from + a.n) || int8send(a.micros) || uuid_send(a.stream)
                || int8send(a.version) || int4send(octet_length(a.type)) || convert_to(a.type, 'UTF8')
                || int4send(a.type_version) || a.commitment)
        FROM unnest(p_micros, p_streams, p_versions, p_types, p_type_versions, p_holders, p_commands, p_unit_events,
            p_commitments) WITH ORDINALITY
            AS a (micros, stream, version, type, type_version, holder, command, unit_events, commitment, n)
        RETURNING h.position, h.leaf)
    SELECT string_agg(x.leaf, '' ORDER BY x.position) INTO v_leaves FROM appended x;
    INSERT INTO current_ciphertext (position, ciphertext)
        SELECT p_from + c.n, c.ciphertext FROM unnest(p_ciphertexts) WITH ORDINALITY AS c (ciphertext, n);
    INSERT INTO event_tag (tag, position)
        SELECT t.tag, p_from + t.event FROM unnest(p_tag_events, p_tags) AS t (event, tag);
    RETURN v_leaves;
END $$;

-- All is there: from here on nothing is imported, and the log goes on as any other.
CREATE FUNCTION end_import(p_bag text, p_incarnation integer, p_receipt_keys jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
BEGIN
    UPDATE imported_log i SET ended_at = clock_timestamp(), receipt_keys = p_receipt_keys
        FROM head h WHERE i.bag = p_bag AND i.ended_at IS NULL AND h.position = i.size;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the import is not at its end' USING ERRCODE = 'DP031';
    END IF;
    UPDATE head SET incarnation = greatest(incarnation, p_incarnation);
END $$;

REVOKE ALL ON FUNCTION begin_import, import_events, end_import FROM PUBLIC;
GRANT USAGE ON SCHEMA eventstore TO es_importer;
GRANT EXECUTE ON FUNCTION begin_import, import_events, end_import TO es_importer;
-- what a restore or an audit compares
GRANT SELECT (position, leaf, type) ON event TO es_importer;
GRANT SELECT ON imported_log TO es_importer, es_reader;
GRANT SELECT ON head TO es_importer;
