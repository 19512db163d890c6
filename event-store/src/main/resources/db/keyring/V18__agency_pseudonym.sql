-- The query side makes the pseudonyms that a mandate may name; the registry makes the secret.
CREATE POLICY query_reads_agency_pseudonym ON keyring.secret FOR SELECT TO kr_query USING (name = 'agency-pseudonym');
