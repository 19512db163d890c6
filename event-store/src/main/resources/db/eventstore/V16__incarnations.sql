-- After a loss the log goes on in a new incarnation: what is known to be lost is never numbered again, and the tree begins
-- anew under another origin. SQLSTATE of our own, beside those of V2, V5 and V8:
--   DP011 this incarnation has begun already, or a later one

CREATE TABLE incarnation (
    incarnation    integer     PRIMARY KEY CHECK (incarnation > 1),
    kept           bigint      NOT NULL CHECK (kept >= 0), -- up to here nothing is lost
    first_position bigint      NOT NULL CHECK (first_position > kept),
    statement      text        NOT NULL,                   -- a signed note
    begun_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER incarnation_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON incarnation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Until the end of the transaction nobody appends. What is left of events whose header is gone, goes: their positions are
-- filled next. Tells the last position there is.
CREATE FUNCTION hold_for_incarnation(p_epoch bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_last  bigint;
    v_table text;
BEGIN
    PERFORM FROM head h WHERE h.epoch = p_epoch FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'deposed' USING ERRCODE = 'DP001';
    END IF;
    SELECT coalesce(max(e.position), 0) INTO v_last FROM event e;
    -- a re-encryption under way goes on from here: what it copied of lost events is not what will stand there
    UPDATE reencryption r SET position = v_last WHERE r.switched_at IS NULL AND r.position > v_last;
    FOR v_table IN
        SELECT g.ciphertext_table FROM key_generation g
        UNION SELECT format('ciphertext_%s', r.generation) FROM reencryption r WHERE r.switched_at IS NULL
    LOOP
        EXECUTE format('DELETE FROM eventstore.%I WHERE position > $1', v_table) USING v_last;
    END LOOP;
    DELETE FROM event_tag t WHERE t.position > v_last;
    DELETE FROM event_tag_next t WHERE t.position > v_last;
    UPDATE tag_state s SET begun_at = least(s.begun_at, v_last), backfilled_to = least(s.backfilled_to, v_last)
        WHERE greatest(s.begun_at, s.backfilled_to) > v_last;
    UPDATE head SET position = v_last WHERE position <> v_last;
    RETURN v_last;
END $$;

-- In the same transaction, once the lost positions are filled: the tables of the tree are set aside for good, named after
-- their incarnation, and empty ones take their place. The lock is the sealer's.
CREATE FUNCTION begin_incarnation(
    p_lock integer, p_log text, p_epoch bigint, p_incarnation integer, p_kept bigint, p_statement text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
    v_before integer;
    v_first  bigint;
    v_table  text;
BEGIN
    PERFORM pg_advisory_xact_lock(p_lock, hashtext(p_log));
    UPDATE head h SET incarnation = p_incarnation
        WHERE h.epoch = p_epoch AND h.incarnation < p_incarnation
        RETURNING old.incarnation, h.position + 1 INTO v_before, v_first;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the incarnation has begun' USING ERRCODE = 'DP011';
    END IF;
    INSERT INTO incarnation (incarnation, kept, first_position, statement)
        VALUES (p_incarnation, p_kept, v_first, p_statement);
    FOREACH v_table IN ARRAY ARRAY['tile', 'checkpoint', 'cosignature', 'time_stamp'] LOOP
        EXECUTE format('ALTER TABLE eventstore.%I RENAME TO %I', v_table, v_table || '_of_' || v_before);
        EXECUTE format('CREATE TABLE eventstore.%I (LIKE eventstore.%I INCLUDING ALL)', v_table, v_table || '_of_' || v_before);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE %s OR TRUNCATE ON eventstore.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION eventstore.refuse_change()',
            v_table || '_is_immutable', CASE v_table WHEN 'tile' THEN '' ELSE 'OR DELETE' END, v_table);
        EXECUTE format('REVOKE INSERT ON eventstore.%I FROM es_sealer', v_table || '_of_' || v_before);
        EXECUTE format('GRANT SELECT ON eventstore.%I TO es_sealer, es_reader', v_table);
    END LOOP;
    ALTER TABLE cosignature ADD FOREIGN KEY (size) REFERENCES checkpoint;
    ALTER TABLE time_stamp ADD FOREIGN KEY (size) REFERENCES checkpoint;
    CREATE TRIGGER tile_that_is_needed_stays BEFORE DELETE ON tile FOR EACH ROW EXECUTE FUNCTION keep_needed_tile();
    GRANT INSERT ON tile TO es_sealer;
    GRANT INSERT (size, root, note) ON checkpoint TO es_sealer;
    GRANT INSERT (size, witness, line) ON cosignature TO es_sealer;
    GRANT INSERT (size, token) ON time_stamp TO es_sealer;
    RETURN v_first;
END $$;

GRANT SELECT ON incarnation TO es_reader, es_relay, es_sealer;
GRANT EXECUTE ON FUNCTION hold_for_incarnation, begin_incarnation TO es_writer;
REVOKE ALL ON FUNCTION hold_for_incarnation, begin_incarnation FROM PUBLIC;
