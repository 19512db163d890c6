-- Rotations and other work on keys, one at a time, resumed after a kill. No key and no personal data lie here.
CREATE SCHEMA keys;

CREATE TABLE keys.operation (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind ~ '^[a-z][a-z0-9-]{0,39}$'),
    arguments    jsonb       NOT NULL DEFAULT '{}',
    requested_by text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('PENDING', 'RUNNING', 'DONE', 'FAILED')),
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    step         text        NOT NULL DEFAULT '',
    step_at      timestamptz,
    done         bigint      NOT NULL DEFAULT 0 CHECK (done >= 0),
    total        bigint      NOT NULL DEFAULT 0 CHECK (total >= 0),
    attempts     integer     NOT NULL DEFAULT 0,
    error        text,
    CHECK ((state IN ('DONE', 'FAILED')) = (finished_at IS NOT NULL))
);
COMMENT ON TABLE keys.operation IS 'Work on keys: what was asked, by whom, how far it is';

-- the same work twice would wait for itself
CREATE UNIQUE INDEX one_unfinished_of_a_kind ON keys.operation (kind) WHERE state IN ('PENDING', 'RUNNING');
CREATE INDEX operation_by_age ON keys.operation (created_at);

GRANT USAGE ON SCHEMA keys TO rg_app;
GRANT SELECT, INSERT ON keys.operation TO rg_app;
GRANT UPDATE (state, started_at, finished_at, step, step_at, done, total, attempts, error) ON keys.operation TO rg_app;
