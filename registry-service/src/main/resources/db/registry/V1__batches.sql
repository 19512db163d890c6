-- Files of registrations while they are worked on. Rows and results lie here sealed under a key per job, which the
-- keyring holds; nothing in these tables can be read without it. The migrator runs this as the owner.
CREATE TABLE batch.job (
    id              uuid        PRIMARY KEY,
    supplier        text        NOT NULL,
    -- HMACs: a client may put anything into its key, and a file of one row could be guessed from a plain digest
    idempotency_tag bytea       NOT NULL CHECK (octet_length(idempotency_tag) = 32),
    body_tag        bytea       CHECK (octet_length(body_tag) = 32),
    format          text        NOT NULL CHECK (format IN ('NDJSON', 'CSV')),
    mode            text        NOT NULL CHECK (mode IN ('STRICT', 'LEGACY')),
    dry_run         boolean     NOT NULL,
    state           text        NOT NULL CHECK (state IN ('RECEIVING', 'RUNNING', 'DONE', 'FAILED')),
    correlation     text        NOT NULL,
    created_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    header          bytea,
    chunks          integer     NOT NULL DEFAULT 0,
    chunks_done     integer     NOT NULL DEFAULT 0,
    rows            bigint      NOT NULL DEFAULT 0,
    accepted        bigint      NOT NULL DEFAULT 0,
    duplicate       bigint      NOT NULL DEFAULT 0,
    rejected        bigint      NOT NULL DEFAULT 0,
    UNIQUE (supplier, idempotency_tag),
    CHECK (chunks_done <= chunks),
    CHECK ((state IN ('DONE', 'FAILED')) = (finished_at IS NOT NULL)),
    CHECK (state = 'RECEIVING' OR body_tag IS NOT NULL)
);
CREATE INDEX job_by_state ON batch.job (state, created_at);

CREATE TABLE batch.chunk (
    job       uuid    NOT NULL REFERENCES batch.job ON DELETE CASCADE,
    number    integer NOT NULL,
    first_row bigint  NOT NULL,
    sealed    bytea   NOT NULL,
    PRIMARY KEY (job, number)
);

CREATE TABLE batch.result (
    job    uuid    NOT NULL REFERENCES batch.job ON DELETE CASCADE,
    number integer NOT NULL,
    sealed bytea   NOT NULL,
    PRIMARY KEY (job, number)
);

-- sealed bytes do not compress
ALTER TABLE batch.chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE batch.result ALTER COLUMN sealed SET STORAGE EXTERNAL;

GRANT USAGE ON SCHEMA batch TO rg_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON batch.job TO rg_app;
GRANT SELECT, INSERT, DELETE ON batch.chunk, batch.result TO rg_app;
