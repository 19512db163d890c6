-- Versions of the blind index's keys. While they rotate, every claim stands under both, and the backfill brings the
-- older ones over. Errors: DK006 the versions are others by now, DK007 the two versions disagree.

CREATE TABLE keyring.index_state (
    singleton     boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    epoch         bigint  NOT NULL,
    current       integer NOT NULL CHECK (current >= 1),
    next          integer CHECK (next = current + 1),
    backfilled_to bytea,
    operation     uuid,
    current_since timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO keyring.index_state (epoch, current) VALUES (1, 1);
COMMENT ON TABLE keyring.index_state IS 'Which versions are written; the epoch fences who believes in others';
COMMENT ON COLUMN keyring.index_state.operation IS 'The rotation under way or, where next is null, the last one that ended';

CREATE TABLE keyring.holder_name (
    version integer NOT NULL CHECK (version >= 1),
    value   bytea   NOT NULL CHECK (octet_length(value) = 2),
    holder  uuid    NOT NULL,
    PRIMARY KEY (version, value, holder)
);
COMMENT ON TABLE keyring.holder_name IS 'Blind index of name and birth date of holders without number, cut so that many share a value';

-- Claims wait for a change of the versions and a change waits for claims; neither writes a row for that.
CREATE FUNCTION keyring.index_versions_now(p_epoch bigint) RETURNS keyring.index_state
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    state keyring.index_state;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('keyring.index_state'));
    SELECT * INTO state FROM keyring.index_state;
    IF state.epoch <> p_epoch THEN
        RAISE EXCEPTION 'other versions of the index are in force' USING ERRCODE = 'DK006';
    END IF;
    RETURN state;
END
$$;

-- p_next, p_names and p_next_names run parallel to p_values; null where there is none.
-- The current version decides who the holder is: insert or re-read, then the same holder under the next version.
CREATE FUNCTION keyring.claim_holders(
    p_epoch bigint, p_values bytea[], p_next bytea[], p_holders uuid[], p_names bytea[], p_next_names bytea[])
    RETURNS TABLE (o_value bytea, o_holder uuid)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    state keyring.index_state := keyring.index_versions_now(p_epoch);
BEGIN
    INSERT INTO keyring.holder_claim (version, value, holder)
        SELECT state.current, w.value, w.holder FROM unnest(p_values, p_holders) AS w (value, holder)
        ORDER BY w.value
        ON CONFLICT (version, value) DO NOTHING;
    IF state.next IS NOT NULL THEN
        PERFORM keyring.claim_next(state, p_values, p_next, p_next_names);
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(p_names) AS n (name) WHERE n.name IS NOT NULL) THEN
        INSERT INTO keyring.holder_name (version, value, holder)
            SELECT state.current, w.name, c.holder
            FROM unnest(p_values, p_names) AS w (value, name)
            JOIN keyring.holder_claim c ON c.version = state.current AND c.value = w.value
            WHERE w.name IS NOT NULL
            ORDER BY w.name, c.holder
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY
        SELECT c.value, c.holder FROM unnest(p_values) AS w (value)
        JOIN keyring.holder_claim c ON c.version = state.current AND c.value = w.value;
END
$$;

-- The holders of these claims under the next version as well.
CREATE FUNCTION keyring.claim_next(p_state keyring.index_state, p_values bytea[], p_next bytea[], p_next_names bytea[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO keyring.holder_claim (version, value, holder)
        SELECT p_state.next, w.next, c.holder
        FROM unnest(p_values, p_next) AS w (value, next)
        JOIN keyring.holder_claim c ON c.version = p_state.current AND c.value = w.value
        ORDER BY w.next
        ON CONFLICT (version, value) DO NOTHING;
    IF EXISTS (
        SELECT 1 FROM unnest(p_values, p_next) AS w (value, next)
        JOIN keyring.holder_claim c ON c.version = p_state.current AND c.value = w.value
        JOIN keyring.holder_claim n ON n.version = p_state.next AND n.value = w.next
        WHERE n.holder <> c.holder) THEN
        RAISE EXCEPTION 'the versions of the index disagree' USING ERRCODE = 'DK007';
    END IF;
    INSERT INTO keyring.holder_name (version, value, holder)
        SELECT p_state.next, w.name, c.holder
        FROM unnest(p_values, p_next_names) AS w (value, name)
        JOIN keyring.holder_claim c ON c.version = p_state.current AND c.value = w.value
        WHERE w.name IS NOT NULL
        ORDER BY w.name, c.holder
        ON CONFLICT DO NOTHING;
END
$$;

-- From its commit on every claim stands under both versions. Where that is so already the operation takes over.
CREATE FUNCTION keyring.begin_index_rotation(p_operation uuid, p_next integer) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('keyring.index_state'));
    UPDATE keyring.index_state s
        SET epoch = s.epoch + 1, next = p_next, backfilled_to = NULL, operation = p_operation
        WHERE s.next IS NULL AND s.current = p_next - 1;
    IF NOT FOUND THEN
        UPDATE keyring.index_state s SET operation = p_operation WHERE s.next = p_next;
    END IF;
END
$$;

-- One page of the backfill, with how far it goes, in one transaction.
CREATE FUNCTION keyring.backfill_index(
    p_operation uuid, p_epoch bigint, p_from bytea, p_to bytea,
    p_values bytea[], p_next bytea[], p_names bytea[], p_next_names bytea[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    state keyring.index_state := keyring.index_versions_now(p_epoch);
BEGIN
    UPDATE keyring.index_state s SET backfilled_to = p_to
        WHERE s.operation = p_operation AND s.next IS NOT NULL AND s.backfilled_to IS NOT DISTINCT FROM p_from;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another goes on with this rotation' USING ERRCODE = 'DK006';
    END IF;
    PERFORM keyring.claim_next(state, p_values, p_next, p_next_names);
    INSERT INTO keyring.holder_name (version, value, holder)
        SELECT state.current, w.name, c.holder
        FROM unnest(p_values, p_names) AS w (value, name)
        JOIN keyring.holder_claim c ON c.version = state.current AND c.value = w.value
        WHERE w.name IS NOT NULL
        ORDER BY w.name, c.holder
        ON CONFLICT DO NOTHING;
END
$$;

-- From its commit on only the new version is asked and written.
CREATE FUNCTION keyring.end_index_rotation(p_operation uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('keyring.index_state'));
    UPDATE keyring.index_state s
        SET epoch = s.epoch + 1, current = s.next, next = NULL, current_since = clock_timestamp()
        WHERE s.operation = p_operation AND s.next IS NOT NULL;
END
$$;

-- Rows of versions that are no longer asked, some at a time; how many went.
CREATE FUNCTION keyring.drop_old_index(p_limit integer) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone bigint;
    names bigint;
BEGIN
    DELETE FROM keyring.holder_claim c USING (
        SELECT o.version, o.value FROM keyring.holder_claim o
        WHERE o.version < (SELECT s.current FROM keyring.index_state s) LIMIT p_limit) AS old
        WHERE c.version = old.version AND c.value = old.value;
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM keyring.holder_name c USING (
        SELECT o.version, o.value, o.holder FROM keyring.holder_name o
        WHERE o.version < (SELECT s.current FROM keyring.index_state s) LIMIT p_limit) AS old
        WHERE c.version = old.version AND c.value = old.value AND c.holder = old.holder;
    GET DIAGNOSTICS names = ROW_COUNT;
    RETURN gone + names;
END
$$;

-- Whoever does not know of versions is fenced off.
DROP FUNCTION keyring.claim_holders(integer[], bytea[], uuid[]);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keyring FROM PUBLIC;
GRANT SELECT ON keyring.index_state TO kr_registry, kr_query;
GRANT SELECT, INSERT (version, value, holder) ON keyring.holder_name TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.index_versions_now(bigint) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.claim_holders(bigint, bytea[], bytea[], uuid[], bytea[], bytea[]) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.claim_next(keyring.index_state, bytea[], bytea[], bytea[]) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.begin_index_rotation(uuid, integer) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.backfill_index(uuid, bigint, bytea, bytea, bytea[], bytea[], bytea[], bytea[]) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.end_index_rotation(uuid) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.drop_old_index(integer) TO kr_registry;

CREATE POLICY query_reads_index_versions ON keyring.secret FOR SELECT TO kr_query USING (name ~ '^index-k1-[0-9]{1,4}$');
