-- New generations of data keys. Everything is sealed anew into a table of its own, beside the one in use; then the map
-- switches in one transaction; then the old table is dropped. Nothing is ever updated: an update leaves the old row in the
-- files. SQLSTATEs of our own, beside those of V2:
--   DP005 another run has moved on, or rows are missing      DP006 the log is ahead of what was copied
--   DP007 the generation is in use                           DP008 the generation before is not gone yet

-- In the row that every append locks: one that waited for a switch is judged by what the switch left.
ALTER TABLE head ADD COLUMN key_generation integer NOT NULL DEFAULT 1;

-- Where append writes. A switch points it to another table, which makes the plan of append anew, and nothing slower.
CREATE VIEW current_ciphertext AS SELECT position, ciphertext FROM ciphertext_1;

-- append stays as V2 wrote it, but for where it finds the generation and where it puts ciphertexts.
DO $do$
DECLARE
    v_definition text := pg_get_functiondef('eventstore.append'::regproc);
BEGIN
    v_definition := replace(v_definition,
        'AND EXISTS (SELECT FROM key_generation g WHERE g.current AND g.generation = p_generation)',
        'AND h.key_generation = p_generation');
    v_definition := replace(v_definition, 'INSERT INTO ciphertext_1 (', 'INSERT INTO current_ciphertext (');
    IF v_definition NOT LIKE '%h.key_generation = p_generation%' OR v_definition NOT LIKE '%INTO current_ciphertext (%' THEN
        RAISE EXCEPTION 'append is not what this migration knows';
    END IF;
    EXECUTE v_definition;
END $do$;

-- One row for each new generation, kept: when it was made, and how much of the log it could not take along.
CREATE TABLE reencryption (
    generation  integer     PRIMARY KEY CHECK (generation > 1),
    position    bigint      NOT NULL DEFAULT 0, -- everything up to here is in the new table
    left_out    bigint      NOT NULL DEFAULT 0, -- events whose key was shredded: a mark stands in place of the ciphertext
    begun_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    moved_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    switched_at timestamptz,
    dropped_at  timestamptz
);

-- Who still reads ciphertexts of a generation: neither table nor keys go before it ends or says so.
CREATE TABLE generation_lease (
    holder     text        PRIMARY KEY CHECK (holder ~ '^[a-z0-9:-]{1,80}$'),
    generation integer     NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Begins the generation after the current one, or finds it begun.
CREATE FUNCTION begin_reencryption() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_next integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('eventstore.reencryption'));
    SELECT h.key_generation + 1 INTO v_next FROM head h;
    IF (SELECT count(*) FROM key_generation) > 1 THEN
        RAISE EXCEPTION 'the generation before is not gone yet' USING ERRCODE = 'DP008';
    END IF;
    INSERT INTO reencryption (generation) VALUES (v_next) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        EXECUTE format('CREATE TABLE eventstore.ciphertext_%s (position bigint NOT NULL PRIMARY KEY, ciphertext bytea NOT NULL)'
            ' WITH (toast_tuple_target = 8160)', v_next);
        EXECUTE format('ALTER TABLE eventstore.ciphertext_%s ALTER COLUMN ciphertext SET STORAGE EXTERNAL', v_next);
        EXECUTE format('GRANT SELECT ON eventstore.ciphertext_%s TO es_reader, es_relay', v_next);
        EXECUTE format('GRANT SELECT, INSERT ON eventstore.ciphertext_%s TO es_rekeyer', v_next);
    END IF;
    RETURN v_next;
END $$;

-- In the transaction that copied: what was said to be there is counted. Of two runs at once one fails here.
CREATE FUNCTION advance_reencryption(p_generation integer, p_from bigint, p_position bigint, p_left_out bigint)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_rows bigint;
BEGIN
    UPDATE reencryption r
        SET position = p_position, left_out = r.left_out + p_left_out, moved_at = clock_timestamp()
        WHERE r.generation = p_generation AND r.position = p_from AND r.switched_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another run has moved on' USING ERRCODE = 'DP005';
    END IF;
    EXECUTE format('SELECT count(*) FROM eventstore.ciphertext_%s WHERE position > $1 AND position <= $2', p_generation)
        INTO v_rows USING p_from, p_position;
    IF v_rows <> p_position - p_from THEN
        RAISE EXCEPTION 'rows are missing' USING ERRCODE = 'DP005';
    END IF;
END $$;

-- Until the end of the transaction nobody appends, so that what is left can be copied.
CREATE FUNCTION hold_appends() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
    SELECT position FROM head FOR UPDATE;
$$;

CREATE FUNCTION switch_generation(p_generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
BEGIN
    UPDATE head h SET key_generation = p_generation
        FROM reencryption r
        WHERE r.generation = p_generation AND r.switched_at IS NULL
            AND h.key_generation = p_generation - 1 AND h.position = r.position;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the log is ahead' USING ERRCODE = 'DP006';
    END IF;
    UPDATE key_generation SET current = false WHERE current;
    INSERT INTO key_generation VALUES (p_generation, format('ciphertext_%s', p_generation), true);
    EXECUTE format('CREATE OR REPLACE VIEW eventstore.current_ciphertext AS'
        ' SELECT position, ciphertext FROM eventstore.ciphertext_%s', p_generation);
    EXECUTE format('REVOKE INSERT ON eventstore.ciphertext_%s FROM es_rekeyer', p_generation);
    UPDATE reencryption SET switched_at = clock_timestamp() WHERE generation = p_generation;
END $$;

-- Says that the holder reads this generation for so long; in place of what it said before. False: it is gone, or about
-- to go: one that is over is only held on to, so that once nobody holds it nobody will.
CREATE FUNCTION hold_generation(p_holder text, p_generation integer, p_seconds integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
BEGIN
    PERFORM FROM key_generation g WHERE g.generation = p_generation AND (g.current OR EXISTS (
            SELECT FROM generation_lease l
            WHERE l.holder = p_holder AND l.generation <= p_generation AND l.expires_at > clock_timestamp()))
        FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO generation_lease AS l (holder, generation, expires_at)
        VALUES (p_holder, p_generation, clock_timestamp() + make_interval(secs => least(p_seconds, 86400)))
        ON CONFLICT (holder) DO UPDATE SET generation = EXCLUDED.generation, expires_at = EXCLUDED.expires_at;
    RETURN true;
END $$;

-- How many still read the generation, or one before it.
CREATE FUNCTION generation_readers(p_generation integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
    SELECT count(*) FROM generation_lease WHERE generation <= p_generation AND expires_at > clock_timestamp();
$$;

-- Never while anybody reads it: waits two seconds for those in the middle of a statement, then gives way to them.
CREATE FUNCTION drop_generation(p_generation integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM FROM key_generation g WHERE g.generation = p_generation AND NOT g.current FOR UPDATE;
    IF NOT FOUND THEN
        IF EXISTS (SELECT FROM key_generation g WHERE g.generation = p_generation) THEN
            RAISE EXCEPTION 'the generation is current' USING ERRCODE = 'DP007';
        END IF;
        RETURN;
    END IF;
    IF generation_readers(p_generation) > 0 THEN
        RAISE EXCEPTION 'the generation is read' USING ERRCODE = 'DP007';
    END IF;
    EXECUTE format('DROP TABLE eventstore.ciphertext_%s', p_generation);
    DELETE FROM key_generation WHERE generation = p_generation;
    DELETE FROM generation_lease WHERE generation <= p_generation;
    UPDATE reencryption SET dropped_at = clock_timestamp() WHERE generation = p_generation + 1;
END $$;

GRANT USAGE ON SCHEMA eventstore TO es_rekeyer;
GRANT SELECT ON head, event, key_generation, ciphertext_1, reencryption, generation_lease TO es_rekeyer;
GRANT SELECT ON reencryption, generation_lease TO es_reader;
GRANT EXECUTE ON FUNCTION begin_reencryption, advance_reencryption, hold_appends, switch_generation,
    generation_readers, drop_generation TO es_rekeyer;
GRANT EXECUTE ON FUNCTION hold_generation TO es_reader;
REVOKE ALL ON FUNCTION begin_reencryption, advance_reencryption, hold_appends, switch_generation, hold_generation,
    generation_readers, drop_generation FROM PUBLIC;
