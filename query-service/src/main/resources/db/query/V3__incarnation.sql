-- Of which incarnation of the log the projection is: of another one everything is read anew.
ALTER TABLE key_generation ADD COLUMN incarnation integer NOT NULL DEFAULT 1 CHECK (incarnation >= 1);

GRANT UPDATE (incarnation) ON key_generation TO qs_projector;
