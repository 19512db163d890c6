-- Under which version of the index key a row stands, its pseudonym says: kind 1 (a number) ‖ version ‖ digest. The sealer
-- may count rows by version for the inventory, and sees no pseudonym for that; both go by the index over the subject.

CREATE FUNCTION index_holdings() RETURNS TABLE (o_version integer, o_rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT get_byte(e.subject, 1), count(*) FROM entry e
    WHERE e.subject >= '\x0100' AND e.subject < '\x02' GROUP BY 1 ORDER BY 1
$$;

CREATE FUNCTION has_index_version(p_version integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM entry e WHERE e.subject >= set_byte('\x0100', 1, p_version)
            AND e.subject < CASE p_version WHEN 255 THEN '\x02'::bytea ELSE set_byte('\x0100', 1, p_version + 1) END)
$$;

REVOKE ALL ON FUNCTION index_holdings(), has_index_version(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION index_holdings(), has_index_version(integer) TO al_sealer;
