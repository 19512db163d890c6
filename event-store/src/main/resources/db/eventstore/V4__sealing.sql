-- The tree over the log's leaves: tiles, the checkpoints signed over it, and what others said of those. Insert only.

CREATE TABLE tile (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
    index  bigint   NOT NULL CHECK (index >= 0),
    width  smallint NOT NULL CHECK (width BETWEEN 1 AND 256),
    hashes bytea    NOT NULL CONSTRAINT tile_length CHECK (octet_length(hashes) = 32 * width),
    PRIMARY KEY (level, index, width)
);
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL; -- hashes do not compress

CREATE TABLE checkpoint (
    size      bigint      PRIMARY KEY CHECK (size > 0),
    root      bytea       NOT NULL CHECK (octet_length(root) = 32),
    note      bytea       NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE cosignature (
    size        bigint      NOT NULL REFERENCES checkpoint,
    witness     text        NOT NULL,
    line        text        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (size, witness)
);

CREATE TABLE time_stamp (
    size        bigint      PRIMARY KEY REFERENCES checkpoint,
    token       bytea       NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER tile_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cosignature_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER time_stamp_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON time_stamp
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT USAGE ON SCHEMA eventstore TO es_sealer;
-- what a leaf is made of, and no more: not the holder, not the command, no ciphertext
GRANT SELECT (position, recorded_at, stream, version, type, type_version, commitment, leaf) ON event TO es_sealer;
GRANT SELECT (position, incarnation) ON head TO es_sealer;
GRANT SELECT ON tile, checkpoint, cosignature, time_stamp TO es_sealer, es_reader;
GRANT INSERT ON tile TO es_sealer;
-- by column: nobody chooses the times
GRANT INSERT (size, root, note) ON checkpoint TO es_sealer;
GRANT INSERT (size, witness, line) ON cosignature TO es_sealer;
GRANT INSERT (size, token) ON time_stamp TO es_sealer;
