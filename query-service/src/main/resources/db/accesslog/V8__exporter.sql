-- The exporter writes down what it discloses before it does, as the query side does, and reads nothing.
GRANT USAGE ON SCHEMA accesslog TO al_exporter;
GRANT INSERT (id, subject, sealed, seal_key) ON entry TO al_exporter;
