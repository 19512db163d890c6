-- What became of epoch keys: which there were, what was signed for their destruction, the custodian's receipts, and which
-- of them the log says are no more. Nothing here is a key, and nothing is ever changed but what was last answered.
CREATE TABLE keys.epoch_key (
    custodian text        NOT NULL CHECK (custodian ~ '^[a-z0-9.-]{1,64}$'),
    label     text        NOT NULL CHECK (label ~ '^epoch-[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    seen_at   timestamptz NOT NULL,
    asked_at  timestamptz,
    answer    text,
    PRIMARY KEY (custodian, label)
);
COMMENT ON TABLE keys.epoch_key IS 'Epoch keys under which the keyring ever stood, at each site';

CREATE TABLE keys.statement (
    hash      text        PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    kind      text        NOT NULL CHECK (kind IN ('KEYRING', 'INVENTORY')),
    custodian text        NOT NULL,
    label     text,
    statement text        NOT NULL,
    signature bytea       NOT NULL,
    signed_at timestamptz NOT NULL,
    CHECK ((kind = 'INVENTORY') = (label IS NOT NULL))
);
COMMENT ON TABLE keys.statement IS 'What this registry signed for the custodian: a receipt names one of these';

CREATE TABLE keys.destruction (
    custodian      text        NOT NULL,
    label          text        NOT NULL,
    statement      text        NOT NULL,
    signature      bytea       NOT NULL,
    hash           text        NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    inventory_hash text        NOT NULL REFERENCES keys.statement (hash),
    rule           text        NOT NULL CHECK (rule IN ('SCHEDULE', 'EXCEPTION')),
    destroyed_at   timestamptz NOT NULL,
    received_at    timestamptz NOT NULL,
    PRIMARY KEY (custodian, label),
    FOREIGN KEY (custodian, label) REFERENCES keys.epoch_key
);
COMMENT ON TABLE keys.destruction IS 'The custodian''s receipts, verified before they were written';

CREATE TABLE keys.retirement (
    label       text        PRIMARY KEY,
    event       uuid        NOT NULL UNIQUE,
    appended_at timestamptz NOT NULL
);
COMMENT ON TABLE keys.retirement IS 'Keys of which the log says that they are no more';

-- Even the owner does not rewrite them by mistake.
CREATE FUNCTION keys.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this is append only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER statement_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON keys.statement
    FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_change();
CREATE TRIGGER destruction_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON keys.destruction
    FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_change();
CREATE TRIGGER retirement_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON keys.retirement
    FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_change();

GRANT SELECT, INSERT ON keys.epoch_key, keys.statement, keys.destruction, keys.retirement TO rg_app;
GRANT UPDATE (asked_at, answer) ON keys.epoch_key TO rg_app;
