package eu.diplomatics.registry.identity;

import eu.diplomatics.keyring.IndexRotation;
import eu.diplomatics.keyring.KeyRefusedException;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.registry.keys.KeyOperation;
import eu.diplomatics.registry.keys.KeyOperationException;

/** The rotation of the keys of the blind index. */
final class IndexKeyOperation implements KeyOperation {
    static final String KIND = "index-key";

    private final IndexRotation rotation;

    IndexKeyOperation(IndexRotation rotation) {
        this.rotation = rotation;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "brings the next version of the index keys into use, made at the custodian before, and drops the old rows";
    }

    @Override
    public void run(Run run) {
        try {
            rotation.run(run.id(), run);
        } catch (KeyRefusedException e) {
            throw new KeyOperationException(
                    "the custodian lacks holder-index-" + (rotation.current() + 1) + ": its operators make it first",
                    e);
        } catch (KeyTamperedException e) {
            throw new KeyOperationException(
                    "the index leads to " + e.key() + ", whose identity is another: repair it, nothing was switched",
                    e);
        }
    }
}
