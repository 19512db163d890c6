package eu.diplomatics.query;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** How many statements threads that serve requests have sent to any database, as the driver tells; background work is left out. */
final class RequestStatements implements AutoCloseable {
    private static final String EXECUTE = " FE=> Execute";
    private static final String REQUEST_THREAD = "http-nio";

    private final Logger driver = Logger.getLogger("org.postgresql.core.v3.QueryExecutorImpl");
    private final AtomicLong sent = new AtomicLong();
    private final Handler counter = new Handler() {
        @Override
        public void publish(LogRecord message) {
            if (message.getMessage().startsWith(EXECUTE)
                    && Thread.currentThread().getName().startsWith(REQUEST_THREAD)) {
                sent.incrementAndGet();
            }
        }

        @Override
        public void flush() {
            // nothing is kept
        }

        @Override
        public void close() {
            // nothing is open
        }
    };

    RequestStatements() {
        counter.setLevel(Level.ALL);
        driver.setUseParentHandlers(false);
        driver.setLevel(Level.FINEST);
        driver.addHandler(counter);
    }

    long sent() {
        return sent.get();
    }

    @Override
    public void close() {
        driver.removeHandler(counter);
        driver.setLevel(null);
        driver.setUseParentHandlers(true);
    }
}
