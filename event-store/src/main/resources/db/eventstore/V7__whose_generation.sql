-- A generation remembers the operation that asked for it: one that was killed after everything was done, and before
-- anybody noted that it was, finds its work done instead of beginning it once more.

ALTER TABLE reencryption ADD COLUMN operation uuid;

-- The generation that the operation has made, or goes on with, or begins.
CREATE FUNCTION reencryption_of(p_operation uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    newest reencryption;
    v_next integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('eventstore.reencryption'));
    SELECT * INTO newest FROM reencryption r ORDER BY r.generation DESC LIMIT 1;
    IF newest.operation = p_operation THEN
        RETURN newest.generation;
    END IF;
    -- what another left under way is taken over
    v_next := CASE WHEN newest.generation IS NOT NULL AND newest.dropped_at IS NULL
        THEN newest.generation ELSE begin_reencryption() END;
    UPDATE reencryption r SET operation = p_operation WHERE r.generation = v_next;
    RETURN v_next;
END $$;

GRANT EXECUTE ON FUNCTION reencryption_of TO es_rekeyer;
REVOKE ALL ON FUNCTION reencryption_of FROM PUBLIC;
