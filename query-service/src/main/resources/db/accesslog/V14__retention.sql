-- What was kept long enough goes (docs/retention.md). Rows of the access log go from the front of its tree and their leaves
-- stay; whoever compares rows with leaves learns here up to which position rows had to go.
CREATE TABLE expiry (
    horizon bigint      PRIMARY KEY CHECK (horizon > 0),
    before  timestamptz NOT NULL,
    removed bigint      NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER expiry_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON expiry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE INDEX checkpoint_by_time ON checkpoint (sealed_at, size);

-- Rows behind a position, up to the first that is not old enough, or not under a checkpoint that is; at most so many
-- positions. What was sealed late goes late: an audit takes the time at which the other provider heard of it.
-- Nothing younger than the shortest period goes, whatever the caller says the time is; a day of it is left for clocks that differ.
-- Where rows are shipped to the controller's database, none goes before it is there, and the last that is there stays.
CREATE FUNCTION expire(p_after bigint, p_before timestamptz, p_limit integer, OUT o_horizon bigint, OUT o_removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_sealed bigint;
BEGIN
    IF (p_before <= clock_timestamp() - interval '364 days') IS NOT TRUE THEN
        RAISE EXCEPTION 'no row goes before its time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- one at a time; readers go on
    LOCK TABLE expiry IN EXCLUSIVE MODE;
    v_sealed := least(
        coalesce((SELECT c.size FROM checkpoint c WHERE c.sealed_at < p_before
            ORDER BY c.sealed_at DESC, c.size DESC LIMIT 1), 0),
        (SELECT s.position - 1 FROM shipping s));
    SELECT coalesce(min(l.position) FILTER (WHERE l.at >= p_before) - 1, max(l.position), p_after) INTO o_horizon
        FROM leaf l WHERE l.position > p_after AND l.position <= least(p_after + p_limit, v_sealed);
    DELETE FROM entry e USING leaf l WHERE l.entry = e.id AND l.position > p_after AND l.position <= o_horizon;
    GET DIAGNOSTICS o_removed = ROW_COUNT;
    INSERT INTO expiry (horizon, before, removed) SELECT o_horizon, p_before, o_removed
        WHERE o_horizon > coalesce((SELECT max(x.horizon) FROM expiry x), 0);
END $$;

-- Counts of quotas: today's never goes.
CREATE FUNCTION expire_quota(p_before date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_removed bigint;
BEGIN
    IF (p_before <= (clock_timestamp() AT TIME ZONE 'UTC')::date) IS NOT TRUE THEN
        RAISE EXCEPTION 'no count goes before its time' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM quota_used WHERE day < p_before;
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    RETURN v_removed;
END $$;

-- as it was, but that it takes nothing away
CREATE OR REPLACE FUNCTION take_quota(p_mandate uuid, p_wanted bigint, p_most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
DECLARE
    v_day  date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    v_used bigint;
    v_got  bigint;
BEGIN
    IF p_wanted < 0 THEN
        RAISE EXCEPTION 'a quota is taken from, never given to' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO quota_used VALUES (p_mandate, v_day, 0) ON CONFLICT DO NOTHING;
    SELECT used INTO v_used FROM quota_used WHERE mandate = p_mandate AND day = v_day FOR UPDATE;
    v_got := least(p_wanted, greatest(p_most - v_used, 0));
    UPDATE quota_used SET used = used + v_got WHERE mandate = p_mandate AND day = v_day;
    RETURN v_got;
END $$;

REVOKE ALL ON FUNCTION expire(bigint, timestamptz, integer), expire_quota(date) FROM PUBLIC;
GRANT USAGE ON SCHEMA accesslog TO al_retention;
GRANT EXECUTE ON FUNCTION expire(bigint, timestamptz, integer), expire_quota(date) TO al_retention;
GRANT SELECT ON expiry TO al_reader;
GRANT SELECT (horizon) ON expiry TO al_sealer;
-- triggers call it, nobody else
REVOKE ALL ON FUNCTION refuse_change() FROM PUBLIC;
