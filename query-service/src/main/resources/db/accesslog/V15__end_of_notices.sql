-- What was kept long enough goes here too (docs/retention.md): which agency received a record, and what it was told and
-- acknowledged. What is due, or waits to be acknowledged, stays: nobody is told less than happened.

CREATE INDEX recipient_since_idx ON recipient USING brin (since) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX notice_at_idx ON notice USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

-- As it was, but that who receives a record again counts from then. Once a month is enough, so that most answers write nothing.
CREATE OR REPLACE FUNCTION remember_recipients(
    p_records bytea[], p_agencies bytea[], p_versions bigint[], p_sealed bytea[], p_seal_keys smallint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7233176);
    WITH wanted AS (
        SELECT r.record, r.agency, r.version, r.sealed, r.seal_key
        FROM unnest(p_records, p_agencies, p_versions, p_sealed, p_seal_keys)
            AS r (record, agency, version, sealed, seal_key)
        WHERE r.version > 0 ORDER BY r.record, r.agency, r.version),
    again AS (
        UPDATE recipient r SET since = clock_timestamp() FROM (
            SELECT o.record, o.agency FROM recipient o JOIN wanted w USING (record, agency)
            WHERE o.since < clock_timestamp() - interval '30 days'
            -- who has it at the same time does the same
            FOR UPDATE OF o SKIP LOCKED) AS old
        WHERE r.record = old.record AND r.agency = old.agency),
    added AS (
        INSERT INTO recipient (record, agency, version, sealed, seal_key)
        SELECT w.record, w.agency, w.version, w.sealed, w.seal_key FROM wanted w
        ON CONFLICT (record, agency) DO NOTHING RETURNING record, agency, version)
    INSERT INTO due (record, agency, event)
    SELECT a.record, a.agency, c.event FROM added a JOIN change c ON c.record = a.record AND c.version > a.version
    ON CONFLICT (record, agency, event) DO NOTHING;
END $$;

-- Recipients that received nothing since a moment; so many at most, so that nobody waits for a transaction. A recipient that
-- somebody remembers just now is either seen as younger, or written anew once it is gone.
CREATE FUNCTION expire_recipients(p_before timestamptz, p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_removed bigint;
BEGIN
    IF (p_before <= clock_timestamp() - interval '364 days') IS NOT TRUE THEN
        RAISE EXCEPTION 'no recipient goes before its time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- nothing becomes due meanwhile, and nobody receives again
    PERFORM pg_advisory_xact_lock(7233176);
    DELETE FROM recipient r USING (
        SELECT o.record, o.agency FROM recipient o
        WHERE o.since < p_before AND NOT EXISTS (
            SELECT FROM due d WHERE d.record = o.record AND d.agency = o.agency)
        LIMIT p_limit) AS old
    WHERE r.record = old.record AND r.agency = old.agency;
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    RETURN v_removed;
END $$;

-- Notices that were acknowledged. Whoever goes through the log leaves out what happened before that moment, so that nothing
-- is told again for want of its row.
CREATE FUNCTION expire_notices(p_before timestamptz, p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_removed bigint;
BEGIN
    IF (p_before <= clock_timestamp() - interval '364 days') IS NOT TRUE THEN
        RAISE EXCEPTION 'no notice goes before its time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM notice n USING (
        SELECT o.agency, o.number FROM notice o JOIN feed f ON f.agency = o.agency AND o.number <= f.acknowledged
        WHERE o.at < p_before LIMIT p_limit) AS old
    WHERE n.agency = old.agency AND n.number = old.number;
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    RETURN v_removed;
END $$;

REVOKE ALL ON FUNCTION expire_recipients(timestamptz, integer), expire_notices(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_recipients(timestamptz, integer), expire_notices(timestamptz, integer) TO al_retention;
