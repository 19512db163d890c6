-- Versions of the reference key. While it rotates every tag is written, and asked for, under both; older ones are brought
-- over from the log; then the new table takes the place of the old, which is dropped: nothing of it stays in dead rows.
-- SQLSTATEs of our own, beside those of V2 and V5:
--   DP009 tagged for versions that are not in force      DP010 the tags are not those of the events

-- In the row that every append locks, as the generation is. Rises with each change of what has to be written.
ALTER TABLE head ADD COLUMN tag_epoch bigint NOT NULL DEFAULT 1;

CREATE TABLE tag_state (
    singleton     boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    current       integer     NOT NULL CHECK (current >= 1),
    next          integer     CHECK (next = current + 1),
    begun_at      bigint      NOT NULL DEFAULT 0, -- head when the next version began: what is behind it has both
    backfilled_to bigint      NOT NULL DEFAULT 0,
    left_out      bigint      NOT NULL DEFAULT 0, -- tags of records whose key is gone: nobody can make them anew
    operation     uuid,                           -- the rotation under way, or the last one that ended
    current_since timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO tag_state (current) VALUES (1);

CREATE TABLE event_tag_next (LIKE event_tag INCLUDING ALL);

-- append stays as V2 and V5 wrote it, but for the versions of its tags. Its old form goes: who calls that is fenced off.
DO $do$
DECLARE
    v_definition text := pg_get_functiondef('eventstore.append'::regproc);
    v_changes text[] := ARRAY[
        'p_generation integer, ', 'p_generation integer, p_tag_epoch bigint, ',
        'p_tags bytea[], ', 'p_tags bytea[], p_next_tags bytea[], ',
        'p_claim_tags bytea[], ', 'p_claim_tags bytea[], p_next_claim_tags bytea[], ',
        'AND h.key_generation = p_generation',
        'AND h.key_generation = p_generation AND (p_tag_epoch = 0 OR h.tag_epoch = p_tag_epoch)',
        'RAISE EXCEPTION ''key generation is over'' USING ERRCODE = ''DP003'';',
        'IF NOT EXISTS (SELECT FROM head h WHERE h.key_generation = p_generation) THEN
            RAISE EXCEPTION ''key generation is over'' USING ERRCODE = ''DP003'';
        END IF;
        RAISE EXCEPTION ''tagged for versions that are not in force'' USING ERRCODE = ''DP009'';',
        'OR EXISTS (SELECT FROM event_tag t WHERE t.tag = ANY (p_claim_tags))',
        'OR EXISTS (SELECT FROM event_tag t WHERE t.tag = ANY (p_claim_tags))
        OR EXISTS (SELECT FROM event_tag_next t WHERE t.tag = ANY (p_next_claim_tags))',
        'SELECT FROM event_tag t WHERE t.tag = c.tag AND t.position > c.after OFFSET 0)',
        'SELECT FROM event_tag t WHERE t.tag = c.tag AND t.position > c.after OFFSET 0)
                    UNION ALL
                    SELECT c.unit, 2
                    FROM unnest(p_claim_units, p_next_claim_tags, p_claim_afters) AS c (unit, tag, after)
                    WHERE EXISTS (
                        SELECT FROM event_tag_next t WHERE t.tag = c.tag AND t.position > c.after OFFSET 0)',
        'ORDER BY t.tag;
            END IF;',
        'ORDER BY t.tag;
            END IF;
            IF cardinality(p_next_tags) > 0 THEN
                INSERT INTO event_tag_next (tag, position)
                SELECT t.tag, CASE WHEN event_positions IS NULL THEN p_head + t.event ELSE event_positions[t.event] END
                FROM unnest(p_tag_events, p_next_tags) AS t (event, tag)
                WHERE event_positions IS NULL OR event_positions[t.event] > 0
                ORDER BY t.tag;
            END IF;'];
    v_changed text;
BEGIN
    FOR i IN 1 .. cardinality(v_changes) BY 2 LOOP
        v_changed := replace(v_definition, v_changes[i], v_changes[i + 1]);
        IF length(v_changed) <> length(v_definition) + length(v_changes[i + 1]) - length(v_changes[i]) THEN
            RAISE EXCEPTION 'append is not what this migration knows: %', v_changes[i];
        END IF;
        v_definition := v_changed;
    END LOOP;
    EXECUTE format('DROP FUNCTION %s', 'eventstore.append'::regproc::regprocedure);
    EXECUTE v_definition;
END $do$;

-- From its commit on every tag stands under both versions; one that another operation left under way is taken over.
CREATE FUNCTION begin_tag_rotation(p_operation uuid, p_next integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
DECLARE
    v_head bigint;
BEGIN
    SELECT h.position INTO v_head FROM head h FOR UPDATE;
    UPDATE tag_state s
        SET next = p_next, begun_at = v_head, backfilled_to = 0, left_out = 0, operation = p_operation
        WHERE s.next IS NULL AND s.current = p_next - 1;
    IF FOUND THEN
        UPDATE head SET tag_epoch = tag_epoch + 1;
    ELSE
        UPDATE tag_state s SET operation = p_operation WHERE s.next = p_next;
    END IF;
END $$;

-- One page, with how far it goes. Each old tag has to be where the log says it is: rows that were exchanged show here.
CREATE FUNCTION backfill_tags(
    p_operation uuid, p_from bigint, p_to bigint, p_positions bigint[], p_old bytea[], p_new bytea[], p_left_out bigint)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp SET enable_seqscan = off AS $$
BEGIN
    UPDATE tag_state s SET backfilled_to = p_to, left_out = s.left_out + p_left_out
        WHERE s.operation = p_operation AND s.next IS NOT NULL AND s.backfilled_to = p_from;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another run has moved on' USING ERRCODE = 'DP005';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(p_positions, p_old) AS w (position, tag)
        WHERE NOT EXISTS (SELECT FROM event_tag t WHERE t.tag = w.tag AND t.position = w.position)) THEN
        RAISE EXCEPTION 'the tags are not those of the events' USING ERRCODE = 'DP010';
    END IF;
    INSERT INTO event_tag_next (tag, position)
        SELECT w.tag, w.position FROM unnest(p_positions, p_new) AS w (position, tag) ORDER BY w.tag
        ON CONFLICT DO NOTHING;
END $$;

-- Takes its time, while appends go on: what lies behind the beginning of the rotation changes no more.
CREATE FUNCTION check_tag_rotation() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM tag_state s WHERE s.next IS NOT NULL AND (s.backfilled_to < s.begun_at
            OR (SELECT count(*) FROM event_tag t WHERE t.position <= s.begun_at)
                - (SELECT count(*) FROM event_tag_next t WHERE t.position <= s.begun_at) NOT BETWEEN 0 AND s.left_out)) THEN
        RAISE EXCEPTION 'the tags are not those of the events' USING ERRCODE = 'DP010';
    END IF;
END $$;

-- From its commit on only the new version is asked and written, and the old tags are gone with their table.
CREATE FUNCTION end_tag_rotation(p_operation uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, eventstore, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    UPDATE head SET tag_epoch = tag_epoch + 1
        WHERE EXISTS (
            SELECT FROM tag_state s
            WHERE s.operation = p_operation AND s.next IS NOT NULL AND s.backfilled_to >= s.begun_at);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE tag_state s SET current = s.next, next = NULL, current_since = clock_timestamp();
    DROP TABLE event_tag;
    ALTER TABLE event_tag_next RENAME TO event_tag;
    CREATE TABLE eventstore.event_tag_next (LIKE event_tag INCLUDING ALL);
    GRANT SELECT ON event_tag TO es_reader, es_relay;
    GRANT SELECT ON event_tag_next TO es_reader;
END $$;

GRANT EXECUTE ON FUNCTION append TO es_writer;
GRANT EXECUTE ON FUNCTION begin_tag_rotation, backfill_tags, check_tag_rotation, end_tag_rotation TO es_rekeyer;
REVOKE ALL ON FUNCTION append, begin_tag_rotation, backfill_tags, check_tag_rotation, end_tag_rotation FROM PUBLIC;
GRANT SELECT ON tag_state TO es_reader, es_rekeyer;
GRANT SELECT ON event_tag_next TO es_reader;
