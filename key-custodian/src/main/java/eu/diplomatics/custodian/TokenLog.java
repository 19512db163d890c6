package eu.diplomatics.custodian;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says each change of a token's state once: an outage is one line, however many requests notice it. */
final class TokenLog {
    private static final Logger LOG = LoggerFactory.getLogger(TokenLog.class);

    private final String label;
    private volatile TokenState said = TokenState.FAILED;
    private String problem = "";

    TokenLog(String label) {
        this.label = label;
    }

    synchronized void problem(TokenException e) {
        TokenState state = TokenState.of(e.reason());
        String message = String.valueOf(e.getMessage());
        if (state != said || !message.equals(problem)) {
            said = state;
            problem = message;
            LOG.warn("token {} is {}: {}. To do: {}", label, state, message, state.hint());
        }
    }

    void open() {
        if (said != TokenState.OPEN) {
            sayOpen();
        }
    }

    private synchronized void sayOpen() {
        if (said != TokenState.OPEN) {
            said = TokenState.OPEN;
            problem = "";
            LOG.info("token {} is OPEN", label);
        }
    }
}
