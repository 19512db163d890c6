-- The controller's own copy of the access log, in a database that the registry's operator does not administer. The registry
-- adds rows at the end, through one function; nobody changes one. Nothing is readable here either: subjects are pseudonyms,
-- details are sealed.

CREATE TABLE access (
    position    bigint      PRIMARY KEY CHECK (position > 0),
    entry       uuid        NOT NULL UNIQUE,
    at          timestamptz NOT NULL,
    leaf        bytea       NOT NULL CHECK (octet_length(leaf) = 32),
    subject     bytea,
    seal_key    smallint,
    -- null where the registry had it no more, or it was forgotten here
    sealed      bytea,
    -- by the clock here
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE access ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX ON access (subject, at) WHERE subject IS NOT NULL;
CREATE INDEX ON access (at);

-- What the log signed, each with the complete subtrees of its tree, largest first: they give its root, and from them on the
-- rows behind it can be verified without those before it.
CREATE TABLE checkpoint (
    size        bigint      PRIMARY KEY CHECK (size > 0),
    note        bytea       NOT NULL,
    frontier    bytea       NOT NULL CONSTRAINT whole_hashes CHECK (octet_length(frontier) % 32 = 0),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE cosignature (
    size        bigint      NOT NULL REFERENCES checkpoint,
    witness     text        NOT NULL,
    line        text        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (size, witness)
);

-- Up to which position contents went here, at the end of the controller's own period.
CREATE TABLE forgotten (
    horizon bigint      PRIMARY KEY CHECK (horizon > 0),
    before  timestamptz NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was shipped stays' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER access_stays BEFORE DELETE OR TRUNCATE ON access
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cosignature_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER forgotten_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON forgotten
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Of a row its contents may go, and nothing else of it changes.
CREATE FUNCTION only_forget() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, shipped, pg_temp AS $$
BEGIN
    IF new.subject IS NOT NULL OR new.sealed IS NOT NULL
        OR (new.position, new.entry, new.at, new.leaf, new.received_at)
            <> (old.position, old.entry, old.at, old.leaf, old.received_at)
        OR new.seal_key IS DISTINCT FROM old.seal_key THEN
        RAISE EXCEPTION 'what was shipped stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER access_only_forgets BEFORE UPDATE ON access
    FOR EACH ROW EXECUTE FUNCTION only_forget();

-- Rows behind a position, in the order of the log, with checkpoints and cosignatures. What is here already has to be the
-- same and is not taken twice, so that whoever sends does not have to know what arrived; nothing may be left out. With
-- nothing to take it says what is here.
CREATE FUNCTION take(
    p_after bigint, p_entry uuid[], p_at timestamptz[], p_leaf bytea[], p_subject bytea[], p_seal_key smallint[], p_sealed bytea[],
    p_size bigint[], p_note bytea[], p_frontier bytea[], p_cosigned bigint[], p_witness text[], p_line text[],
    OUT o_position bigint, OUT o_checkpoint bigint, OUT o_cosigned bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, shipped, pg_temp AS $$
DECLARE
    v_head bigint;
BEGIN
    -- one at a time; readers go on
    LOCK TABLE access IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(max(a.position), 0) INTO v_head FROM access a;
    IF (p_after BETWEEN 0 AND v_head) IS NOT TRUE THEN
        RAISE EXCEPTION 'rows between are missing' USING ERRCODE = 'DC001';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(p_entry, p_leaf) WITH ORDINALITY AS r (entry, leaf, n)
        JOIN access a ON a.position = p_after + r.n
        WHERE (a.entry, a.leaf) IS DISTINCT FROM (r.entry, r.leaf)) THEN
        RAISE EXCEPTION 'another row stands at this position' USING ERRCODE = 'DC002';
    END IF;
    INSERT INTO access (position, entry, at, leaf, subject, seal_key, sealed)
        SELECT p_after + r.n, r.entry, r.at, r.leaf, r.subject, r.seal_key, r.sealed
        FROM unnest(p_entry, p_at, p_leaf, p_subject, p_seal_key, p_sealed) WITH ORDINALITY
            AS r (entry, at, leaf, subject, seal_key, sealed, n)
        WHERE p_after + r.n > v_head;
    INSERT INTO checkpoint (size, note, frontier)
        SELECT c.size, c.note, c.frontier FROM unnest(p_size, p_note, p_frontier) AS c (size, note, frontier)
        ON CONFLICT (size) DO NOTHING;
    IF EXISTS (
        SELECT FROM unnest(p_size, p_frontier) AS c (size, frontier)
        JOIN checkpoint k ON k.size = c.size WHERE k.frontier <> c.frontier) THEN
        RAISE EXCEPTION 'another tree of this size was signed' USING ERRCODE = 'DC002';
    END IF;
    INSERT INTO cosignature (size, witness, line)
        SELECT s.size, s.witness, s.line FROM unnest(p_cosigned, p_witness, p_line) AS s (size, witness, line)
        ON CONFLICT (size, witness) DO NOTHING;
    SELECT coalesce(max(a.position), 0) INTO o_position FROM access a;
    SELECT coalesce(max(k.size), 0) INTO o_checkpoint FROM checkpoint k;
    SELECT coalesce(max(s.size), 0) INTO o_cosigned FROM cosignature s;
END $$;

-- The contents of rows from the front go; position, time, row and leaf stay, so that the rest verifies. How many went.
CREATE FUNCTION forget(p_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, shipped, pg_temp AS $$
DECLARE
    v_horizon bigint;
    v_gone    bigint;
BEGIN
    IF (p_before <= clock_timestamp() - interval '364 days') IS NOT TRUE THEN
        RAISE EXCEPTION 'no row is forgotten before its time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    LOCK TABLE access IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce((SELECT a.position - 1 FROM access a WHERE a.at >= p_before ORDER BY a.position LIMIT 1), max(b.position), 0)
        INTO v_horizon FROM access b;
    UPDATE access SET subject = NULL, sealed = NULL
        WHERE position <= v_horizon AND (sealed IS NOT NULL OR subject IS NOT NULL);
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    INSERT INTO forgotten (horizon, before)
        SELECT v_horizon, p_before WHERE v_horizon > coalesce((SELECT max(f.horizon) FROM forgotten f), 0);
    RETURN v_gone;
END $$;

REVOKE ALL ON FUNCTION take(bigint, uuid[], timestamptz[], bytea[], bytea[], smallint[], bytea[],
        bigint[], bytea[], bytea[], bigint[], text[], text[]),
    forget(timestamptz), refuse_change(), only_forget() FROM PUBLIC;

GRANT USAGE ON SCHEMA shipped TO cl_shipper, cl_reader, cl_keeper;
GRANT EXECUTE ON FUNCTION take(bigint, uuid[], timestamptz[], bytea[], bytea[], smallint[], bytea[],
    bigint[], bytea[], bytea[], bigint[], text[], text[]) TO cl_shipper;
GRANT SELECT ON access, checkpoint, cosignature, forgotten TO cl_reader;
GRANT EXECUTE ON FUNCTION forget(timestamptz) TO cl_keeper;
