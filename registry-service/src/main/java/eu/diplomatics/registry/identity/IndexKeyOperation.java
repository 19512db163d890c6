package eu.diplomatics.registry.identity;

import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexRotation;
import eu.diplomatics.keyring.KeyRefusedException;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.registry.keys.KeyOperation;
import eu.diplomatics.registry.keys.KeyOperationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rotation of the keys of the blind index. */
final class IndexKeyOperation implements KeyOperation {
    static final String KIND = "index-key";
    private static final String UNKNOWN_KEY = "KEY_UNKNOWN";
    private static final Logger LOG = LoggerFactory.getLogger(IndexKeyOperation.class);

    private final IndexRotation rotation;
    private final HolderIndex index;
    private final int mostByItself;
    private volatile boolean large;

    /** @param mostByItself holders up to which it needs no ticket at the custodian, and runs by itself */
    IndexKeyOperation(IndexRotation rotation, HolderIndex index, int mostByItself) {
        this.rotation = rotation;
        this.index = index;
        this.mostByItself = mostByItself;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "brings the next version of the index keys into use, made at the custodian before, and drops the old rows";
    }

    /** It has each holder indexed twice: of many, that takes from registrations what the custodian allows for the day. */
    @Override
    public boolean runsByItself() {
        if (!large && index.holdsMoreThan(mostByItself)) {
            LOG.warn(
                    "the index keys are due, and more than {} holders stand under them: begin index-key under a ticket"
                            + " (docs/runbooks/rotate-keys.md)",
                    mostByItself);
            large = true;
        }
        return !large;
    }

    @Override
    public void run(Run run) {
        try {
            rotation.run(run.id(), run);
        } catch (KeyRefusedException e) {
            throw new KeyOperationException(
                    e.code().equals(UNKNOWN_KEY)
                            ? "the custodian lacks holder-index-" + (rotation.current() + 1)
                                    + ": its operators make it first"
                            : String.valueOf(e.getMessage()),
                    e);
        } catch (KeyTamperedException e) {
            throw new KeyOperationException(e.key() + " is not what was stored: repair it, nothing was switched", e);
        }
    }
}
