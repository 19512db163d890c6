-- A backup reads whatever there is, tables that come later among them, and changes nothing. It sees what the host sees: no
-- row of it opens without keys.
GRANT USAGE ON SCHEMA keyring TO kr_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA keyring TO kr_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA keyring TO kr_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA keyring GRANT SELECT ON TABLES TO kr_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA keyring GRANT SELECT ON SEQUENCES TO kr_backup;
-- all rows: without these it would be shown none, and no error either
CREATE POLICY backup_reads ON keyring.data_key FOR SELECT TO kr_backup USING (true);
CREATE POLICY backup_reads ON keyring.secret FOR SELECT TO kr_backup USING (true);
