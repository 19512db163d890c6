-- Which version of the key the details are sealed with. Rows are written once, so that each keeps the one it was made with.
ALTER TABLE entry ADD COLUMN seal_key smallint NOT NULL DEFAULT 1 CHECK (seal_key >= 1);
GRANT INSERT (seal_key) ON entry TO al_writer;
-- for the inventory of what stands under which key
GRANT SELECT (seal_key) ON entry TO al_sealer;
