package eu.diplomatics.registry.batch;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeyRefusedException;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;

class BatchWorkerTest {
    @Test
    void a_job_waits_for_whatever_is_away_and_fails_by_nothing_but_a_fault() {
        assertThat(BatchWorker.passes(new DataAccessResourceFailureException("lost")))
                .isTrue();
        assertThat(BatchWorker.passes(new CannotGetJdbcConnectionException("none")))
                .isTrue();
        assertThat(BatchWorker.passes(new QueryTimeoutException("slow"))).isTrue();
        assertThat(BatchWorker.passes(new CannotCreateTransactionException("none")))
                .isTrue();
        assertThat(BatchWorker.passes(new KeysUnavailableException("none"))).isTrue();
        assertThat(BatchWorker.passes(new LogUnavailableException("away"))).isTrue();

        assertThat(BatchWorker.passes(new DataIntegrityViolationException("twice")))
                .isFalse();
        assertThat(BatchWorker.passes(new BadSqlGrammarException("", "SELEKT", new SQLException())))
                .isFalse();
        assertThat(BatchWorker.passes(new KeyTamperedException("k"))).isFalse();
        assertThat(BatchWorker.passes(new KeyRefusedException("destroyed")))
                .as("a key that is gone does not come back by waiting")
                .isFalse();
        assertThat(BatchWorker.passes(new IllegalStateException())).isFalse();
    }
}
