package eu.diplomatics.registry.keys;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeyringRewrite;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** The rewrite of the keyring under a new KEK of the day. */
final class KeyringRewriteOperation implements KeyOperation {
    static final String KIND = "keyring";

    private static final Logger LOG = LoggerFactory.getLogger(KeyringRewriteOperation.class);

    private final KeyringRewrite rewrite;
    private final List<Retiring> retiring;

    KeyringRewriteOperation(KeyringRewrite rewrite, List<Retiring> retiring) {
        this.rewrite = rewrite;
        this.retiring = List.copyOf(retiring);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "removes secrets that nothing needs any more, copies the keyring under a new KEK and drops the old one, as every night";
    }

    @Override
    public void run(Run run) {
        run.step("retire");
        retiring.forEach(this::retire);
        try {
            rewrite.run(run);
        } catch (KeyTamperedException e) {
            throw new KeyOperationException(
                    "key " + e.key() + " does not open: repair or shred it, nothing was swapped", e);
        }
    }

    /** What cannot be told tonight is told tomorrow: the rewrite does not wait for it. */
    private void retire(Retiring each) {
        try {
            for (SecretVersion version : each.over().get()) {
                if (rewrite.retire(each.name(), version)) {
                    LOG.info("{} is retired: nothing needs it any more", version.name());
                }
            }
        } catch (KeysUnavailableException | LogUnavailableException | DataAccessException e) {
            LOG.warn(
                    "whether versions of {} are needed cannot be told: {}",
                    each.name(),
                    e.getClass().getSimpleName());
        }
    }
}
