-- A partial tile says nothing that the full one in its place does not say too; c2sp.org/tlog-tiles lets it go then.

CREATE INDEX tile_partial ON tile (level, index) WHERE width < 256;

DROP TRIGGER tile_is_immutable ON tile;
CREATE TRIGGER tile_is_immutable BEFORE UPDATE OR TRUNCATE ON tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION keep_needed_tile() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, eventstore, pg_temp AS $$
BEGIN
    IF old.width = 256 OR NOT EXISTS (
        SELECT FROM tile f WHERE f.level = old.level AND f.index = old.index AND f.width = 256) THEN
        RAISE EXCEPTION 'the log is append only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN old;
END $$;
CREATE TRIGGER tile_that_is_needed_stays BEFORE DELETE ON tile
    FOR EACH ROW EXECUTE FUNCTION keep_needed_tile();

-- Some of the partial tiles whose full one is there; how many went.
CREATE FUNCTION prune_tiles(p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_gone bigint;
BEGIN
    DELETE FROM tile t USING (
        SELECT p.level, p.index, p.width FROM tile p
        WHERE p.width < 256 AND EXISTS (
            SELECT FROM tile f WHERE f.level = p.level AND f.index = p.index AND f.width = 256)
        LIMIT p_limit) AS g
        WHERE t.level = g.level AND t.index = g.index AND t.width = g.width;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;

GRANT EXECUTE ON FUNCTION prune_tiles TO es_sealer;
REVOKE ALL ON FUNCTION prune_tiles, keep_needed_tile FROM PUBLIC;
