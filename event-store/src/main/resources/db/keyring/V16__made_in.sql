-- In which transaction a row was made, for a backup that follows the keyring: nothing else in it rises. Rows lie nearly in
-- that order, so that an index over ranges of pages finds the last of them at next to no cost for those that write. Rows
-- that were there before count as made before everything; a rewrite of the keyring makes all of its rows anew.
ALTER TABLE keyring.data_key ADD COLUMN made_in bigint NOT NULL DEFAULT 0;
ALTER TABLE keyring.data_key ALTER COLUMN made_in SET DEFAULT pg_current_xact_id()::text::bigint;
ALTER TABLE keyring.holder_claim ADD COLUMN made_in bigint NOT NULL DEFAULT 0;
ALTER TABLE keyring.holder_claim ALTER COLUMN made_in SET DEFAULT pg_current_xact_id()::text::bigint;
ALTER TABLE keyring.holder_name ADD COLUMN made_in bigint NOT NULL DEFAULT 0;
ALTER TABLE keyring.holder_name ALTER COLUMN made_in SET DEFAULT pg_current_xact_id()::text::bigint;

CREATE INDEX data_key_made_in_idx ON keyring.data_key USING brin (made_in)
    WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX holder_claim_made_in_idx ON keyring.holder_claim USING brin (made_in)
    WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX holder_name_made_in_idx ON keyring.holder_name USING brin (made_in)
    WITH (pages_per_range = 32, autosummarize = on);

COMMENT ON COLUMN keyring.data_key.made_in IS 'The transaction that made the row, as this server counts them; means nothing elsewhere';
