-- What the services have signed of their logs, remembered at another provider than the logs: whoever rules over a log's
-- database cannot put an older copy back, or another log in its place, without contradicting this. Insert only.

CREATE TABLE keyring.sealed_head (
    log           text        NOT NULL CHECK (log ~ '^[!-*,-~]{1,200}$'),
    size          bigint      NOT NULL CHECK (size > 0),
    root          bytea       NOT NULL CHECK (octet_length(root) = 32),
    remembered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log, size)
);

-- Remembers a head that is about to be signed, if the one before it is the last: of two that try at once one is refused.
CREATE FUNCTION keyring.remember_head(p_log text, p_before bigint, p_size bigint, p_root bytea) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('keyring.sealed_head ' || p_log, 0));
    IF p_size <= p_before
        OR coalesce((SELECT max(h.size) FROM keyring.sealed_head h WHERE h.log = p_log), 0) <> p_before THEN
        RETURN false;
    END IF;
    INSERT INTO keyring.sealed_head (log, size, root) VALUES (p_log, p_size, p_root);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION keyring.remember_head(text, bigint, bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.remember_head(text, bigint, bigint, bytea) TO kr_registry;
GRANT SELECT ON keyring.sealed_head TO kr_registry;
