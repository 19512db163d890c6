-- Who asked what about whom. The subject is a keyed pseudonym, the details are sealed: nothing is readable here.

CREATE TABLE entry (
    id      uuid        PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject bytea,
    sealed  bytea       NOT NULL
);
ALTER TABLE entry ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX ON entry (subject, at) WHERE subject IS NOT NULL;
CREATE INDEX ON entry USING brin (at);

GRANT USAGE ON SCHEMA accesslog TO al_writer, al_reader;
-- by column: nobody chooses the time of an entry
GRANT INSERT (id, subject, sealed) ON entry TO al_writer;
GRANT SELECT ON entry TO al_reader;
