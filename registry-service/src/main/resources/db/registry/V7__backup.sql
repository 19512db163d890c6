-- A backup reads whatever there is, tables that come later among them, and changes nothing. It sees what the host sees: no
-- row of it opens without keys.
GRANT USAGE ON SCHEMA batch, keys TO rg_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA batch, keys TO rg_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA batch, keys TO rg_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA batch, keys GRANT SELECT ON TABLES TO rg_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA batch, keys GRANT SELECT ON SEQUENCES TO rg_backup;
