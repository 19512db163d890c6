-- A backup reads whatever there is, tables that come later among them, and changes nothing. It sees what the host sees: no
-- row of it opens without keys.
GRANT USAGE ON SCHEMA accesslog TO al_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA accesslog TO al_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA accesslog TO al_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA accesslog GRANT SELECT ON TABLES TO al_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA accesslog GRANT SELECT ON SEQUENCES TO al_backup;
