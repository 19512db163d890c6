-- The exporter reads events to hand them over decrypted: headers, ciphertexts, and what was signed about them.
GRANT USAGE ON SCHEMA eventstore TO es_exporter;
GRANT SELECT ON head, event, key_generation, checkpoint, cosignature, time_stamp TO es_exporter;
DO $do$
DECLARE
    v_table text;
BEGIN
    FOR v_table IN SELECT ciphertext_table FROM eventstore.key_generation LOOP
        EXECUTE format('GRANT SELECT ON eventstore.%I TO es_exporter', v_table);
    END LOOP;
    -- the table of a generation that is being made
    FOR v_table IN SELECT relname FROM pg_class c WHERE c.relnamespace = 'eventstore'::regnamespace
        AND c.relkind = 'r' AND c.relname ~ '^ciphertext_[0-9]+$' LOOP
        EXECUTE format('GRANT SELECT ON eventstore.%I TO es_exporter', v_table);
    END LOOP;
END $do$;
-- those of later generations
ALTER DEFAULT PRIVILEGES IN SCHEMA eventstore GRANT SELECT ON TABLES TO es_exporter;
