-- Who looked at whom, for those who may know: the service's role for that names pseudonyms or a stretch of time, and gets
-- rows from the newest on, so many at once. It reads no table, and each function goes by an index.
DROP INDEX entry_at_idx;
CREATE INDEX entry_at_idx ON entry (at, id);

-- Rows about these pseudonyms that stand before a place (at, id), not before p_from.
CREATE FUNCTION rows_about(p_subjects bytea[], p_from timestamptz, p_at timestamptz, p_id uuid, p_limit integer)
RETURNS TABLE (o_id uuid, o_at timestamptz, o_subject bytea, o_sealed bytea, o_seal_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp SET enable_seqscan = off AS $$
    SELECT r.id, r.at, r.subject, r.sealed, r.seal_key
    FROM (SELECT DISTINCT u.subject FROM unnest(p_subjects) AS u (subject)) AS s
    CROSS JOIN LATERAL (
        SELECT e.id, e.at, e.subject, e.sealed, e.seal_key FROM entry e
        WHERE e.subject = s.subject AND e.at >= p_from AND e.at <= p_at AND (e.at < p_at OR e.id < p_id)
        ORDER BY e.at DESC, e.id DESC LIMIT least(p_limit, 500)) AS r
    ORDER BY r.at DESC, r.id DESC LIMIT least(p_limit, 500)
$$;

-- Rows about anybody and nobody, in the same way.
CREATE FUNCTION rows_between(p_from timestamptz, p_at timestamptz, p_id uuid, p_limit integer)
RETURNS TABLE (o_id uuid, o_at timestamptz, o_subject bytea, o_sealed bytea, o_seal_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp SET enable_seqscan = off AS $$
    SELECT e.id, e.at, e.subject, e.sealed, e.seal_key FROM entry e
    WHERE e.at >= p_from AND e.at <= p_at AND (e.at < p_at OR e.id < p_id)
    ORDER BY e.at DESC, e.id DESC LIMIT least(p_limit, 500)
$$;

REVOKE ALL ON FUNCTION rows_about(bytea[], timestamptz, timestamptz, uuid, integer),
    rows_between(timestamptz, timestamptz, uuid, integer) FROM PUBLIC;
GRANT USAGE ON SCHEMA accesslog TO al_teller;
GRANT EXECUTE ON FUNCTION rows_about(bytea[], timestamptz, timestamptz, uuid, integer),
    rows_between(timestamptz, timestamptz, uuid, integer) TO al_teller;
