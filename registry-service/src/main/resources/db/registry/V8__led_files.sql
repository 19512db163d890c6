-- Files of the LED are a format too.
ALTER TABLE batch.job DROP CONSTRAINT job_format_check;
ALTER TABLE batch.job ADD CONSTRAINT job_format_check CHECK (format IN ('NDJSON', 'CSV', 'LED'));
