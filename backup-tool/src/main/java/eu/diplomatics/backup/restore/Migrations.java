package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.source.SourceDatabase;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/** The services' migrations of a database, of which this program has all that were ever written. */
final class Migrations {
    /** undefined_object: a role that is granted to */
    private static final String NO_ROLE = "42704";

    private final SourceDatabase database;
    private final DataSource migrator;
    private final String schema;
    private final MigrationVersion wanted;

    /** @param migrations the newest by schema, as the manifest has them */
    Migrations(SourceDatabase database, DataSource migrator, Map<String, String> migrations) throws RestoreException {
        this.database = database;
        this.migrator = migrator;
        if (migrations.size() != 1) {
            throw new RestoreException(
                    RestoreException.Code.NEWER,
                    database.databaseName() + " has other schemas than this program knows");
        }
        Map.Entry<String, String> only = migrations.entrySet().iterator().next();
        this.schema = only.getKey();
        this.wanted = MigrationVersion.fromVersion(only.getValue());
    }

    private Flyway upTo(MigrationVersion version) {
        return Flyway.configure()
                .dataSource(migrator)
                .schemas(schema)
                .locations("classpath:eu/diplomatics/backup/migrations/" + database.databaseName())
                .target(version)
                .cleanDisabled(true)
                .load();
    }

    /** @throws RestoreException when this program does not know the version */
    void requireKnown() throws RestoreException {
        boolean known = Arrays.stream(upTo(MigrationVersion.LATEST).info().all())
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .anyMatch(wanted::equals);
        if (!known) {
            throw new RestoreException(
                    RestoreException.Code.NEWER,
                    "the generation's " + database.databaseName() + " has version " + wanted
                            + ", which this program does not know");
        }
    }

    /** To the version that the generation was made of. */
    void toGeneration() throws RestoreException {
        run(wanted);
    }

    /** To the newest. */
    void toNewest() throws RestoreException {
        run(MigrationVersion.LATEST);
    }

    private void run(MigrationVersion version) throws RestoreException {
        try {
            upTo(version).migrate();
        } catch (FlywayException e) {
            for (Throwable each = e; each != null; each = each.getCause()) {
                if (each instanceof SQLException sql && NO_ROLE.equals(sql.getSQLState())) {
                    throw new RestoreException(
                            RestoreException.Code.ROLE_MISSING,
                            "the server of " + database.databaseName() + " lacks a role: "
                                    + String.valueOf(sql.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse(""),
                            e);
                }
            }
            throw new RestoreException(
                    RestoreException.Code.INTERRUPTED, "the migrations of " + database.databaseName() + " failed", e);
        }
    }
}
