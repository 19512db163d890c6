-- Under which generation of data keys the projection is: everything in it is of this one, or newer until it is rebuilt.
CREATE TABLE key_generation (
    one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
    generation integer     NOT NULL CHECK (generation >= 1),
    holder     text        NOT NULL DEFAULT 'query:' || gen_random_uuid(), -- this copy's name where it says what it reads
    held_until timestamptz NOT NULL DEFAULT 'epoch'                        -- the keys are there at least until then
);
INSERT INTO key_generation (generation) VALUES (1);

GRANT SELECT, UPDATE (generation, held_until) ON key_generation TO qs_projector;
