package eu.diplomatics.registry.backup;

import javax.sql.DataSource;

/** The log, to read when it began. */
public record LogReader(DataSource dataSource) {}
