-- The keyring: wrapped keys and the blind index, at another provider than the events they belong to.
-- Roles exist before (they belong to the server): kr_owner, kr_migrator, kr_registry, kr_query.

CREATE TABLE keyring.kek (
    id         uuid        PRIMARY KEY,
    wrapped    jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE keyring.kek IS 'Key-encryption keys as the custodian wrapped them; opaque here';

-- No foreign key to kek: 500 look-ups of the same row for every batch, and a key under an unknown KEK opens nothing anyway.
CREATE TABLE keyring.data_key (
    id         uuid     NOT NULL,
    generation integer  NOT NULL CHECK (generation >= 1),
    regime     text     NOT NULL CHECK (regime IN ('STATUTORY', 'ERASABLE', 'JOB')),
    kek_id     uuid     NOT NULL,
    wrapped    bytea    NOT NULL CHECK (octet_length(wrapped) BETWEEN 32 AND 512),
    PRIMARY KEY (id, generation)
);
COMMENT ON TABLE keyring.data_key IS 'One data key per stream or job and generation; id, generation, regime and KEK are bound inside';

CREATE TABLE keyring.secret (
    name    text  PRIMARY KEY CHECK (name ~ '^[a-z0-9-]{1,64}$'),
    kek_id  uuid  NOT NULL,
    wrapped bytea NOT NULL CHECK (octet_length(wrapped) BETWEEN 32 AND 4096)
);
COMMENT ON TABLE keyring.secret IS 'Keys of the services themselves, by name, made once';

CREATE TABLE keyring.holder_claim (
    version integer NOT NULL CHECK (version >= 1),
    value   bytea   NOT NULL CHECK (octet_length(value) = 32),
    holder  uuid    NOT NULL,
    PRIMARY KEY (version, value)
);
COMMENT ON TABLE keyring.holder_claim IS 'Blind index: which holder a blinded number belongs to; the first claim stands';

-- Inserts what is missing and returns only what was there before with other content: nothing, as a rule.
-- Sorted, so that two calls over the same ids wait for each other instead of deadlocking.
CREATE FUNCTION keyring.create_keys(p_ids uuid[], p_generations integer[], p_regimes text[], p_kek uuid, p_wrapped bytea[])
    RETURNS TABLE (o_id uuid, o_generation integer, o_regime text, o_kek uuid, o_wrapped bytea)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    inserted bigint;
BEGIN
    INSERT INTO keyring.data_key (id, generation, regime, kek_id, wrapped)
        SELECT w.id, w.generation, w.regime, p_kek, w.wrapped
        FROM unnest(p_ids, p_generations, p_regimes, p_wrapped) AS w (id, generation, regime, wrapped)
        ORDER BY w.id, w.generation
        ON CONFLICT (id, generation) DO NOTHING;
    GET DIAGNOSTICS inserted = ROW_COUNT;
    IF inserted < cardinality(p_ids) THEN
        RETURN QUERY
            SELECT k.id, k.generation, k.regime, k.kek_id, k.wrapped
            FROM unnest(p_ids, p_generations, p_wrapped) AS w (id, generation, wrapped)
            JOIN keyring.data_key k ON k.id = w.id AND k.generation = w.generation
            WHERE k.wrapped <> w.wrapped;
    END IF;
END
$$;

-- Insert or re-read, each in a statement of its own so that the second sees what the first waited for.
CREATE FUNCTION keyring.claim_holders(p_versions integer[], p_values bytea[], p_holders uuid[])
    RETURNS TABLE (o_version integer, o_value bytea, o_holder uuid)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO keyring.holder_claim (version, value, holder)
        SELECT w.version, w.value, w.holder
        FROM unnest(p_versions, p_values, p_holders) AS w (version, value, holder)
        ORDER BY w.version, w.value
        ON CONFLICT (version, value) DO NOTHING;
    RETURN QUERY
        SELECT c.version, c.value, c.holder
        FROM unnest(p_versions, p_values) AS w (version, value)
        JOIN keyring.holder_claim c ON c.version = w.version AND c.value = w.value;
END
$$;

-- The only way in which a key is removed by a running service: those of jobs, at the end of their retention.
CREATE FUNCTION keyring.drop_job_key(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM keyring.data_key k WHERE k.id = p_id AND k.regime <> 'JOB') THEN
        RAISE EXCEPTION 'only keys of jobs are dropped here' USING ERRCODE = 'DK001';
    END IF;
    DELETE FROM keyring.data_key k WHERE k.id = p_id AND k.regime = 'JOB';
    RETURN FOUND;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keyring FROM PUBLIC;

GRANT USAGE ON SCHEMA keyring TO kr_registry, kr_query;
GRANT SELECT ON keyring.kek, keyring.data_key, keyring.secret, keyring.holder_claim TO kr_registry, kr_query;
GRANT INSERT (id, wrapped) ON keyring.kek TO kr_registry;
GRANT INSERT (id, generation, regime, kek_id, wrapped) ON keyring.data_key TO kr_registry;
GRANT INSERT (name, kek_id, wrapped) ON keyring.secret TO kr_registry;
GRANT INSERT (version, value, holder) ON keyring.holder_claim TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.create_keys(uuid[], integer[], text[], uuid, bytea[]) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.claim_holders(integer[], bytea[], uuid[]) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.drop_job_key(uuid) TO kr_registry;

-- The query side sees only what it needs to answer: no reference key, no receipt key, no spool keys.
ALTER TABLE keyring.secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY registry_reads ON keyring.secret FOR SELECT TO kr_registry USING (true);
CREATE POLICY registry_makes ON keyring.secret FOR INSERT TO kr_registry WITH CHECK (true);
CREATE POLICY query_reads ON keyring.secret FOR SELECT TO kr_query USING (name IN ('index-k1', 'access-log-seal'));
ALTER TABLE keyring.data_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY registry_reads ON keyring.data_key FOR SELECT TO kr_registry USING (true);
CREATE POLICY registry_makes ON keyring.data_key FOR INSERT TO kr_registry WITH CHECK (true);
CREATE POLICY query_reads ON keyring.data_key FOR SELECT TO kr_query USING (regime <> 'JOB');
