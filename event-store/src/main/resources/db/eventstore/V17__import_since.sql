-- A registry that took a whole export over takes the next ones, each from where the one before ended. SQLSTATE of our own,
-- beside those of V15:
--   DP033 the bag does not begin where this log ends

-- Begins it, or finds it begun; answers how far the log is. Only a log that did nothing by itself since.
CREATE FUNCTION continue_import(p_bag text, p_from bigint, p_from_root bytea, p_size bigint, p_root bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_position bigint;
BEGIN
    UPDATE head SET epoch = epoch + 1 RETURNING position INTO v_position;
    IF EXISTS (SELECT FROM imported_log i WHERE i.bag = p_bag AND i.size = p_size AND i.root = p_root AND i.ended_at IS NULL) THEN
        RETURN v_position;
    END IF;
    UPDATE imported_log i
        SET bag = p_bag, size = p_size, root = p_root, begun_at = clock_timestamp(), ended_at = NULL
        WHERE i.ended_at IS NOT NULL AND i.size = p_from AND i.root = p_from_root AND v_position = p_from AND p_size > p_from;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not what follows' USING ERRCODE = 'DP033';
    END IF;
    RETURN v_position;
END $$;

REVOKE ALL ON FUNCTION continue_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION continue_import TO es_importer;
