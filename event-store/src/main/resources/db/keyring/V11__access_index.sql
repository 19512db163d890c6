-- Versions of the access log's index keys. The registry asks for the next one; the query side, which alone may use the
-- custodian's half, says whether every site has it, and from then on it is in use. It ends when no row stands under it.

CREATE TABLE keyring.access_index (
    version      integer PRIMARY KEY CHECK (version BETWEEN 1 AND 250),
    state        text    NOT NULL CHECK (state IN ('ASKED', 'WITHDRAWN', 'CONFIRMED', 'ENDED')),
    finding      text    CHECK (finding ~ '^[A-Z_]{1,40}$'),
    looked_at    timestamptz,
    confirmed_at timestamptz,
    ended_at     timestamptz,
    CHECK ((confirmed_at IS NOT NULL) = (state IN ('CONFIRMED', 'ENDED'))),
    CHECK ((ended_at IS NOT NULL) = (state = 'ENDED'))
);
COMMENT ON TABLE keyring.access_index IS 'Versions of the access log''s index keys: which are written and which are searched';
COMMENT ON COLUMN keyring.access_index.finding IS 'Why the query side did not confirm it when it last looked';

INSERT INTO keyring.access_index (version, state, confirmed_at)
    VALUES (1, 'CONFIRMED',
            coalesce((SELECT s.made_at FROM keyring.secret s WHERE s.name = 'index-k1'), clock_timestamp()));

-- The next version, and no other; asked again, it is looked at again. What became of it, null when it is not the next.
CREATE FUNCTION keyring.ask_access_index(p_version integer) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('keyring.access_index'));
    INSERT INTO keyring.access_index (version, state)
        SELECT p_version, 'ASKED'
        WHERE p_version = (SELECT max(a.version) + 1 FROM keyring.access_index a WHERE a.confirmed_at IS NOT NULL)
        ON CONFLICT (version) DO NOTHING;
    UPDATE keyring.access_index a SET state = 'ASKED', finding = NULL, looked_at = NULL
        WHERE a.version = p_version AND a.state IN ('ASKED', 'WITHDRAWN');
    RETURN (SELECT a.state FROM keyring.access_index a WHERE a.version = p_version);
END
$$;

-- Nobody confirms it any more, unless it was before.
CREATE FUNCTION keyring.withdraw_access_index(p_version integer) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE keyring.access_index a SET state = 'WITHDRAWN' WHERE a.version = p_version AND a.state = 'ASKED';
    RETURN (SELECT a.state FROM keyring.access_index a WHERE a.version = p_version);
END
$$;

CREATE FUNCTION keyring.access_index_not_there(p_version integer, p_finding text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE keyring.access_index a SET finding = p_finding, looked_at = clock_timestamp()
        WHERE a.version = p_version AND a.state = 'ASKED';
    RETURN FOUND;
END
$$;

CREATE FUNCTION keyring.confirm_access_index(p_version integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE keyring.access_index a
        SET state = 'CONFIRMED', finding = NULL, looked_at = clock_timestamp(), confirmed_at = clock_timestamp()
        WHERE a.version = p_version AND a.state = 'ASKED';
    RETURN FOUND;
END
$$;

-- Only when everybody has long written under a later one.
CREATE FUNCTION keyring.end_access_index(p_version integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE keyring.access_index a SET state = 'ENDED', ended_at = clock_timestamp()
        WHERE a.version = p_version AND a.state = 'CONFIRMED'
          AND EXISTS (SELECT 1 FROM keyring.access_index n WHERE n.version > p_version AND n.state = 'CONFIRMED'
                      AND n.confirmed_at < clock_timestamp() - interval '1 hour');
    RETURN FOUND;
END
$$;

CREATE OR REPLACE FUNCTION keyring.retire_secret(p_name text, p_version text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    versions text := '^' || p_name || '(-[0-9]{1,6})?$';
BEGIN
    IF p_name NOT IN ('reference-key', 'command-id-key', 'batch-key', 'access-log-seal', 'access-log-index-k1')
       OR p_version !~ versions THEN
        RAISE EXCEPTION 'this secret does not go' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM keyring.secret s WHERE s.name = p_version AND EXISTS (
        SELECT 1 FROM keyring.secret n WHERE n.name ~ versions AND n.made_at > s.made_at);
    RETURN FOUND;
END
$$;

REVOKE ALL ON FUNCTION keyring.ask_access_index(integer), keyring.withdraw_access_index(integer),
    keyring.access_index_not_there(integer, text), keyring.confirm_access_index(integer),
    keyring.end_access_index(integer) FROM PUBLIC;
GRANT SELECT ON keyring.access_index TO kr_registry, kr_query;
GRANT EXECUTE ON FUNCTION keyring.ask_access_index(integer), keyring.withdraw_access_index(integer) TO kr_registry;
GRANT EXECUTE ON FUNCTION keyring.access_index_not_there(integer, text), keyring.confirm_access_index(integer),
    keyring.end_access_index(integer) TO kr_query;

CREATE POLICY query_reads_access_index_versions ON keyring.secret FOR SELECT TO kr_query
    USING (name ~ '^access-log-index-k1-[0-9]{1,4}$');
