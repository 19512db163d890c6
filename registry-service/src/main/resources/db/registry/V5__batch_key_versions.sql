-- Under which version of the batch key the tags of a job were made: they keep it until the job goes.
ALTER TABLE batch.job ADD COLUMN tag_key text NOT NULL DEFAULT 'batch-key' CHECK (tag_key ~ '^batch-key(-[0-9]{1,6})?$');
