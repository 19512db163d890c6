package eu.diplomatics.registry.keys;

import javax.sql.DataSource;

/** The registry's own database as {@code rg_app}; a type of its own, so that no other pool is taken for it. */
public record KeysDatabase(DataSource dataSource) {}
