-- Which versions of the keys rows stand under, for the rows of a stretch of time: a long log is counted in pages, each
-- within a statement's time, so that the sealer's connections are free between them. A row whose subject is no pseudonym
-- of a number has no version of the index key. Nothing in the subject is shown but that version.
DROP FUNCTION index_holdings();

CREATE FUNCTION holdings(p_from timestamptz, p_before timestamptz)
RETURNS TABLE (o_seal_key integer, o_index_version integer, o_rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp SET enable_seqscan = off AS $$
    SELECT e.seal_key, CASE WHEN e.subject >= '\x0100' AND e.subject < '\x02' THEN get_byte(e.subject, 1) END, count(*)
    FROM entry e WHERE e.at >= p_from AND e.at < p_before GROUP BY 1, 2
$$;

REVOKE ALL ON FUNCTION holdings(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION holdings(timestamptz, timestamptz) TO al_sealer;
-- counted by that function now
REVOKE SELECT (seal_key) ON entry FROM al_sealer;
