-- The end of a generation of data keys: nothing is sealed under it any more. Page by page, so that no call takes long; the
-- rows go for good with the next rewrite of the keyring, whose copy does not hold them.

-- Removes keys of generations before p_before among the next p_limit keys after p_after; returns the last of those looked
-- at, null at the end. Keys of jobs know no generations.
CREATE FUNCTION keyring.drop_generations(p_before integer, p_after uuid, p_limit integer, OUT o_last uuid, OUT o_dropped bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ids uuid[];
BEGIN
    SELECT array_agg(p.id ORDER BY p.id) INTO v_ids
        FROM (SELECT k.id FROM keyring.data_key k WHERE k.id > p_after ORDER BY k.id LIMIT p_limit) AS p;
    o_last := v_ids[cardinality(v_ids)];
    DELETE FROM keyring.data_key k
        WHERE k.id = ANY (v_ids) AND k.generation < p_before AND k.regime <> 'JOB'
            -- a stream's last key stays, whatever its generation: only shredding takes that
            AND EXISTS (SELECT FROM keyring.data_key n WHERE n.id = k.id AND n.generation >= p_before);
    GET DIAGNOSTICS o_dropped = ROW_COUNT;
END
$$;

REVOKE ALL ON FUNCTION keyring.drop_generations(integer, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keyring.drop_generations(integer, uuid, integer) TO kr_registry;
