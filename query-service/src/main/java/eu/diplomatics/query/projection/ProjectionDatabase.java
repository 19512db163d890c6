package eu.diplomatics.query.projection;

import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The projection's writing side. Every transaction that writes takes one lock, so that projector, repair, drift check
 * and rebuild see each other's work whole, also across processes that overlap for a moment.
 */
final class ProjectionDatabase {
    private static final long WRITERS = 0x64_69_70_6c_71_73L;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    ProjectionDatabase(DataSource projector) {
        this.jdbc = new JdbcTemplate(projector);
        this.transactions = new TransactionTemplate(new DataSourceTransactionManager(projector));
    }

    <T> T write(Function<JdbcTemplate, T> work) {
        return transactions.execute(status -> {
            jdbc.query("SELECT pg_advisory_xact_lock(?)", row -> {}, WRITERS);
            return work.apply(jdbc);
        });
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }
}
