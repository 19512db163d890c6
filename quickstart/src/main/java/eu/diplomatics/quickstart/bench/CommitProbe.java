package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.LocalPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;

/** What the disk is worth at this moment: commits of one row by one connection. */
final class CommitProbe {
    private static final Duration PROBE = Duration.ofSeconds(1);

    private CommitProbe() {}

    static double perSecond(LocalPostgres postgres) throws Exception {
        try (Connection connection = postgres.connect("postgres");
                Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE IF NOT EXISTS commit_probe (n bigint)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO commit_probe VALUES (1)")) {
                return OurAppends.rate(1, PROBE, until -> {
                    long done = 0;
                    while (System.nanoTime() < until) {
                        insert.executeUpdate();
                        done++;
                    }
                    return done;
                });
            }
        }
    }
}
