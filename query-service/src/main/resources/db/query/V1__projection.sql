-- The query side's own copy of the sealed events. Everything readable here is random ids and names of types.

CREATE TABLE event (
    stream         uuid        NOT NULL,
    version        bigint      NOT NULL,
    position       bigint      NOT NULL,
    recorded_at    timestamptz NOT NULL,
    type           text        NOT NULL,
    type_version   integer     NOT NULL,
    holder         uuid        NOT NULL,
    command        uuid        NOT NULL,
    commitment     bytea       NOT NULL,
    leaf           bytea       NOT NULL,
    key_generation integer     NOT NULL,
    ciphertext     bytea       NOT NULL,
    PRIMARY KEY (stream, version)
) WITH (toast_tuple_target = 8160); -- as in the store: the common padding classes stay in the row
-- random bytes do not compress: storing them as they are saves the attempt
ALTER TABLE event ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
CREATE INDEX ON event (holder);
-- not unique: a forged position must park its stream, not stop the projector
CREATE INDEX ON event (position);

-- Streams that are not answered from here. An unknown holder (null) makes every look-up by holder go to the store.
CREATE TABLE parked_stream (
    stream     uuid PRIMARY KEY,
    holder     uuid,
    reason     text        NOT NULL,
    parked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts   integer     NOT NULL DEFAULT 0,
    retry_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON parked_stream (holder);

-- Records of which not even the stream is known; until the store has been compared, look-ups by holder read the store.
CREATE TABLE unattributed_record (
    topic         text        NOT NULL,
    partition     integer     NOT NULL,
    record_offset bigint      NOT NULL,
    reason        text        NOT NULL,
    seen_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved      boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (topic, partition, record_offset)
);
CREATE INDEX ON unattributed_record (topic) WHERE NOT resolved;

-- Per partition: what to read next, and up to which position nothing is missing. Same transaction as the rows.
CREATE TABLE partition_seen (
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    topic_id    text    NOT NULL,
    next_offset bigint  NOT NULL,
    position    bigint  NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- Up to which position the store itself was read.
CREATE TABLE store_seen (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);

CREATE TABLE drift_state (
    one            boolean PRIMARY KEY DEFAULT true CHECK (one),
    recent_upto    bigint NOT NULL DEFAULT 0,
    round_upto     bigint NOT NULL DEFAULT 0,
    checked_at     timestamptz,
    round_ended_at timestamptz,
    differences    bigint NOT NULL DEFAULT 0
);
INSERT INTO drift_state DEFAULT VALUES;

-- Rebuild: a shadow beside the live table, swapped in one transaction. The projector may do no other DDL.
CREATE FUNCTION begin_rebuild() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = projection, pg_temp AS $$
BEGIN
    DROP TABLE IF EXISTS event_shadow;
    CREATE TABLE event_shadow (LIKE event INCLUDING ALL) WITH (toast_tuple_target = 8160);
    GRANT SELECT, INSERT, DELETE ON event_shadow TO qs_projector;
    GRANT SELECT ON event_shadow TO qs_reader;
END $$;

CREATE FUNCTION swap_rebuilt() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = projection, pg_temp AS $$
BEGIN
    DROP TABLE event;
    ALTER TABLE event_shadow RENAME TO event;
END $$;

REVOKE ALL ON FUNCTION begin_rebuild(), swap_rebuilt() FROM PUBLIC;
GRANT USAGE ON SCHEMA projection TO qs_projector, qs_reader;
GRANT EXECUTE ON FUNCTION begin_rebuild(), swap_rebuilt() TO qs_projector;
GRANT SELECT, INSERT, DELETE ON event TO qs_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON parked_stream, unattributed_record, partition_seen, store_seen TO qs_projector;
GRANT SELECT, UPDATE ON drift_state TO qs_projector;
GRANT SELECT ON event, parked_stream, unattributed_record, partition_seen, store_seen TO qs_reader;
