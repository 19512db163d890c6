-- What a registration asks of the keyring, with fewer looks. Errors as before (V6, V8).

-- As the other, and the first p_fresh keys are of ids that were drawn just now: they are not looked for. A unique violation
-- says that one of them is there all the same; then nothing was done.
CREATE FUNCTION keyring.create_keys(
    p_ids uuid[], p_generations integer[], p_regimes text[], p_kek uuid, p_wrapped bytea[], p_fresh integer)
    RETURNS TABLE (o_id uuid, o_generation integer, o_regime text, o_kek uuid, o_wrapped bytea)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    IF p_fresh > 0 THEN
        INSERT INTO keyring.data_key (id, generation, regime, kek_id, wrapped)
            SELECT w.id, w.generation, w.regime, p_kek, w.wrapped
            FROM unnest(p_ids[:p_fresh], p_generations[:p_fresh], p_regimes[:p_fresh], p_wrapped[:p_fresh])
                AS w (id, generation, regime, wrapped)
            ORDER BY w.id, w.generation;
        IF NOT EXISTS (SELECT 1 FROM keyring.kek k WHERE k.id = p_kek) THEN
            RAISE EXCEPTION 'the key-encryption key is no longer used' USING ERRCODE = 'DK002';
        END IF;
        IF EXISTS (SELECT 1 FROM keyring.shredding s WHERE s.stream = ANY (p_ids[:p_fresh])) THEN
            RAISE EXCEPTION 'a stream was shredded' USING ERRCODE = 'DK004';
        END IF;
    END IF;
    IF p_fresh < cardinality(p_ids) THEN
        RETURN QUERY SELECT c.* FROM keyring.create_keys(
            p_ids[p_fresh + 1:], p_generations[p_fresh + 1:], p_regimes[p_fresh + 1:], p_kek, p_wrapped[p_fresh + 1:]) AS c;
    END IF;
END
$$;

-- As V8 wrote it, but what was inserted is not looked for again.
CREATE OR REPLACE FUNCTION keyring.claim_holders(
    p_epoch bigint, p_values bytea[], p_next bytea[], p_holders uuid[], p_names bytea[], p_next_names bytea[])
    RETURNS TABLE (o_value bytea, o_holder uuid)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    state     keyring.index_state := keyring.index_versions_now(p_epoch);
    v_values  bytea[];
    v_holders uuid[];
BEGIN
    WITH made AS (
        INSERT INTO keyring.holder_claim AS c (version, value, holder)
            SELECT state.current, w.value, w.holder FROM unnest(p_values, p_holders) AS w (value, holder)
            ORDER BY w.value
            ON CONFLICT (version, value) DO NOTHING
            RETURNING c.value, c.holder)
    SELECT coalesce(array_agg(m.value), '{}'), array_agg(m.holder) INTO v_values, v_holders FROM made m;
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
    RETURN QUERY SELECT m.value, m.holder FROM unnest(v_values, v_holders) AS m (value, holder);
    IF cardinality(v_values) < cardinality(p_values) THEN
        -- in a statement of its own, which sees what the insert waited for
        RETURN QUERY
            SELECT c.value, c.holder
            FROM (SELECT unnest(p_values) EXCEPT SELECT unnest(v_values)) AS w (value)
            JOIN keyring.holder_claim c ON c.version = state.current AND c.value = w.value;
    END IF;
END
$$;

REVOKE ALL ON FUNCTION keyring.create_keys(uuid[], integer[], text[], uuid, bytea[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.create_keys(uuid[], integer[], text[], uuid, bytea[], integer) TO kr_registry;
