-- Why a job failed, as a code of docs/error-codes.md.
ALTER TABLE batch.job ADD COLUMN code text CHECK (code IS NULL OR state = 'FAILED' AND code ~ '^[A-Z_]{1,40}$');
