-- Rows go on to a database of the controller's own. What is there, that database says itself; here stands what it said last,
-- so that lag is told while it is away.
CREATE TABLE shipping (
    one      boolean     PRIMARY KEY DEFAULT true CHECK (one),
    position bigint      NOT NULL CHECK (position >= 0),
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION mark_shipped(p_position bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    IF (p_position <= (SELECT coalesce(max(l.position), 0) FROM leaf l)) IS NOT TRUE THEN
        RAISE EXCEPTION 'nothing stands at this position' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO shipping AS s (position) VALUES (p_position)
        ON CONFLICT (one) DO UPDATE SET position = excluded.position, at = excluded.at
        WHERE s.position <> excluded.position;
END $$;
REVOKE ALL ON FUNCTION mark_shipped(bigint) FROM PUBLIC;

GRANT USAGE ON SCHEMA accesslog TO al_shipper;
GRANT SELECT (id, at, subject, sealed, seal_key) ON entry TO al_shipper;
GRANT SELECT ON unsealed, leaf, tile, checkpoint, cosignature, shipping TO al_shipper;
GRANT EXECUTE ON FUNCTION mark_shipped(bigint) TO al_shipper;
GRANT SELECT ON shipping TO al_reader;
