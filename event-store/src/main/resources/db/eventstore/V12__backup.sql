-- A backup reads whatever there is, tables that come later among them, and changes nothing. It sees what the host sees: no
-- row of it opens without keys.
GRANT USAGE ON SCHEMA eventstore TO es_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA eventstore TO es_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA eventstore TO es_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA eventstore GRANT SELECT ON TABLES TO es_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA eventstore GRANT SELECT ON SEQUENCES TO es_backup;
-- while it reads a generation of data keys, that is not dropped
GRANT EXECUTE ON FUNCTION hold_generation TO es_backup;
