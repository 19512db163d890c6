-- How many persons were asked about under a mandate on a day. A mandate stands here by its random id.
CREATE TABLE quota_used (
    mandate uuid   NOT NULL,
    day     date   NOT NULL,
    used    bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (mandate, day)
);

-- The writer takes from today's quota and can do nothing else: it chooses no day and gives nothing back. Days of more than
-- five weeks ago go with the first question of a day.
CREATE FUNCTION take_quota(p_mandate uuid, p_wanted bigint, p_most bigint) RETURNS bigint
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
    IF FOUND THEN
        DELETE FROM quota_used WHERE day < v_day - 35;
    END IF;
    SELECT used INTO v_used FROM quota_used WHERE mandate = p_mandate AND day = v_day FOR UPDATE;
    v_got := least(p_wanted, greatest(p_most - v_used, 0));
    UPDATE quota_used SET used = used + v_got WHERE mandate = p_mandate AND day = v_day;
    RETURN v_got;
END $$;
REVOKE ALL ON FUNCTION take_quota(uuid, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_quota(uuid, bigint, bigint) TO al_writer;
GRANT SELECT ON quota_used TO al_reader;
