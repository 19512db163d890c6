-- Versions of named secrets: the query side reads those of its own, and those that nothing needs any more go.

CREATE POLICY query_reads_access_log_versions ON keyring.secret FOR SELECT TO kr_query
    USING (name ~ '^(access-log-seal|access-log-checkpoint-key)-[0-9]{1,4}$');

-- Never the newest of its name. What is deleted here is out of the files once the keyring was rewritten.
CREATE FUNCTION keyring.retire_secret(p_name text, p_version text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    versions text := '^' || p_name || '(-[0-9]{1,6})?$';
BEGIN
    IF p_name NOT IN ('reference-key', 'command-id-key', 'batch-key', 'access-log-seal') OR p_version !~ versions THEN
        RAISE EXCEPTION 'this secret does not go' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM keyring.secret s WHERE s.name = p_version AND EXISTS (
        SELECT 1 FROM keyring.secret n WHERE n.name ~ versions AND n.made_at > s.made_at);
    RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION keyring.retire_secret(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.retire_secret(text, text) TO kr_rekeyer;
