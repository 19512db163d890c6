-- What an ended index rotation and a retired secret take with them is gone: the database looks before.

-- From its commit on only the new version is asked and written. Not while claims are behind the backfill: whoever asks
-- brings them over first.
CREATE OR REPLACE FUNCTION keyring.end_index_rotation(p_operation uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('keyring.index_state'));
    UPDATE keyring.index_state s
        SET epoch = s.epoch + 1, current = s.next, next = NULL, current_since = clock_timestamp()
        WHERE s.operation = p_operation AND s.next IS NOT NULL AND NOT EXISTS (
            SELECT FROM keyring.holder_claim c
            WHERE c.version = s.current AND c.value > coalesce(s.backfilled_to, ''::bytea));
END
$$;

-- Seals of the access log stay: rows under old ones are read for as long as they are kept.
CREATE OR REPLACE FUNCTION keyring.retire_secret(p_name text, p_version text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    versions text := '^' || p_name || '(-[0-9]{1,6})?$';
BEGIN
    IF p_name NOT IN ('reference-key', 'command-id-key', 'batch-key', 'access-log-index-k1') OR p_version !~ versions THEN
        RAISE EXCEPTION 'this secret does not go' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM keyring.secret s WHERE s.name = p_version AND EXISTS (
        SELECT 1 FROM keyring.secret n WHERE n.name ~ versions AND n.made_at > s.made_at);
    RETURN FOUND;
END
$$;

CREATE TABLE keyring.index_probe (
    label  text  PRIMARY KEY CHECK (label ~ '^[a-z0-9-]{1,64}$'),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32)
);
COMMENT ON TABLE keyring.index_probe IS
    'What the custodian made of a value that everybody knows, when a key of its was first used: another key of the same name shows';

-- The first digest under this label, for ever; the caller's where there is none yet.
CREATE FUNCTION keyring.index_probe(p_label text, p_digest bytea) RETURNS bytea
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO keyring.index_probe (label, digest) VALUES (p_label, p_digest) ON CONFLICT DO NOTHING;
    RETURN (SELECT p.digest FROM keyring.index_probe p WHERE p.label = p_label);
END
$$;

-- Null where no key of this label was used yet.
CREATE FUNCTION keyring.index_probe(p_label text) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.digest FROM keyring.index_probe p WHERE p.label = p_label
$$;

REVOKE ALL ON FUNCTION keyring.index_probe(text, bytea), keyring.index_probe(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.index_probe(text, bytea), keyring.index_probe(text) TO kr_registry, kr_query;
