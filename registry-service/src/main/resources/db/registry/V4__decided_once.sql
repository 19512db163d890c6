-- What an operation on keys decided before it did it, so that one that goes on after a kill does the same and no more.
ALTER TABLE keys.operation ADD COLUMN decided text CHECK (length(decided) <= 200);
GRANT UPDATE (decided) ON keys.operation TO rg_app;
