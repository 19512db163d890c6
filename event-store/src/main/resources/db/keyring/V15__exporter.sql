-- The exporter opens what is about qualifications and holders, and seals rows of the access log about it. It makes nothing.
GRANT USAGE ON SCHEMA keyring TO kr_exporter;
GRANT SELECT ON keyring.kek, keyring.data_key, keyring.secret, keyring.shredding TO kr_exporter;
CREATE POLICY exporter_reads ON keyring.data_key FOR SELECT TO kr_exporter USING (regime <> 'JOB');
CREATE POLICY exporter_reads ON keyring.secret FOR SELECT TO kr_exporter USING (name ~ '^access-log-seal(-[0-9]{1,4})?$');
