-- The log: append only, one writer, contiguous positions. Runs as es_owner in schema eventstore.

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON SCHEMA eventstore FROM PUBLIC;

-- One row. An append holds its lock until it commits, so positions become visible in their order.
CREATE TABLE head (
    singleton   boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    epoch       bigint      NOT NULL,
    incarnation integer     NOT NULL,
    position    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 10);

INSERT INTO head (epoch, incarnation, position, recorded_at) VALUES (0, 1, 0, 'epoch');

-- Headers, in clear: random ids and names of types only. Never changed.
CREATE TABLE event (
    position     bigint      NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL CHECK (version >= 1),
    recorded_at  timestamptz NOT NULL,
    type_version integer     NOT NULL CHECK (type_version >= 1),
    unit_events  integer     NOT NULL, -- on the last event of what was appended together: how many; else 0
    stream       uuid        NOT NULL,
    holder       uuid        NOT NULL,
    command      uuid        NOT NULL,
    type         text        NOT NULL CHECK (type <> ''),
    commitment   bytea       NOT NULL CHECK (octet_length(commitment) = 32),
    leaf         bytea       NOT NULL,
    CONSTRAINT event_stream_version UNIQUE (stream, version)
);
-- Unique, so that the insert itself finds a command that is known.
CREATE UNIQUE INDEX event_command ON event (command) WHERE unit_events > 0;
CREATE INDEX event_holder ON event (holder);

-- Which table holds the ciphertexts, by generation of data keys. Readers follow it in the statement that reads.
CREATE TABLE key_generation (
    generation       integer PRIMARY KEY,
    ciphertext_table text    NOT NULL,
    current          boolean NOT NULL
);
CREATE UNIQUE INDEX key_generation_current ON key_generation (current) WHERE current;
INSERT INTO key_generation VALUES (1, 'ciphertext_1', true);

CREATE TABLE ciphertext_1 (
    position   bigint NOT NULL PRIMARY KEY,
    ciphertext bytea  NOT NULL
) WITH (toast_tuple_target = 8160); -- the common padding classes stay in the row
ALTER TABLE ciphertext_1 ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

-- What conditions ask for. Outside the leaf, so that a rotation of the reference key may rewrite it.
CREATE TABLE event_tag (
    tag      bytea  NOT NULL CHECK (octet_length(tag) = 32),
    position bigint NOT NULL,
    PRIMARY KEY (tag, position)
);

-- How far the relay has published, by topic. The relay's own table.
CREATE TABLE relay_checkpoint (
    topic      text        PRIMARY KEY,
    position   bigint      NOT NULL CHECK (position >= 0),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Even the owner does not rewrite history by mistake.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT USAGE ON SCHEMA eventstore TO es_writer, es_reader, es_relay;
GRANT SELECT ON head, event, key_generation, ciphertext_1, event_tag TO es_reader, es_relay;
GRANT SELECT ON relay_checkpoint TO es_reader;
GRANT SELECT, INSERT, UPDATE ON relay_checkpoint TO es_relay;
