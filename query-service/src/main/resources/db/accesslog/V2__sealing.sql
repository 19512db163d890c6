-- The access log in a tree of its own. A row that is written waits in a queue; the sealer gives it a position and a leaf,
-- and the leaf into the tree. Insert only, but for the queue.

CREATE TABLE unsealed (
    n     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry uuid   NOT NULL
);
INSERT INTO unsealed (entry) SELECT id FROM entry ORDER BY at, id;

CREATE FUNCTION queue_for_sealing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, accesslog, pg_temp AS $$
BEGIN
    INSERT INTO unsealed (entry) SELECT w.id FROM written w;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION queue_for_sealing() FROM PUBLIC;
CREATE TRIGGER entry_waits_to_be_sealed AFTER INSERT ON entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION queue_for_sealing();

-- The subject is left out, so that pseudonyms can be made anew; what was asked and answered is in the sealed details.
CREATE TABLE leaf (
    position bigint      NOT NULL PRIMARY KEY,
    entry    uuid        NOT NULL UNIQUE,
    at       timestamptz NOT NULL,
    leaf     bytea       NOT NULL CHECK (octet_length(leaf) = 32)
);

CREATE TABLE tile (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
    index  bigint   NOT NULL CHECK (index >= 0),
    width  smallint NOT NULL CHECK (width BETWEEN 1 AND 256),
    hashes bytea    NOT NULL CONSTRAINT tile_length CHECK (octet_length(hashes) = 32 * width),
    PRIMARY KEY (level, index, width)
);
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

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

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER leaf_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tile_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cosignature_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT USAGE ON SCHEMA accesslog TO al_sealer;
-- what a leaf is made of: not the subject
GRANT SELECT (id, at, sealed) ON entry TO al_sealer;
GRANT SELECT, DELETE ON unsealed TO al_sealer;
GRANT SELECT ON leaf, tile, checkpoint, cosignature TO al_sealer, al_reader;
GRANT SELECT ON unsealed TO al_reader;
GRANT INSERT ON leaf, tile TO al_sealer;
GRANT INSERT (size, root, note) ON checkpoint TO al_sealer;
GRANT INSERT (size, witness, line) ON cosignature TO al_sealer;
