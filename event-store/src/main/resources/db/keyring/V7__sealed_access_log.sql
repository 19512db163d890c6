-- The query side seals the access log: it has a checkpoint key of its own, and remembers what it signed of that log only.

CREATE OR REPLACE FUNCTION keyring.remember_head(p_log text, p_before bigint, p_size bigint, p_root bytea) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (session_user = 'kr_query') <> (p_log LIKE '%/access/%') THEN
        RAISE EXCEPTION 'another service seals this log' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('keyring.sealed_head ' || p_log, 0));
    IF p_size <= p_before
        OR coalesce((SELECT max(h.size) FROM keyring.sealed_head h WHERE h.log = p_log), 0) <> p_before THEN
        RETURN false;
    END IF;
    INSERT INTO keyring.sealed_head (log, size, root) VALUES (p_log, p_size, p_root);
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION keyring.remember_head(text, bigint, bigint, bytea) TO kr_query;
GRANT SELECT ON keyring.sealed_head TO kr_query;
ALTER POLICY query_reads ON keyring.secret
    USING (name IN ('index-k1', 'access-log-seal', 'access-log-checkpoint-key'));
