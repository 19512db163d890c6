package eu.diplomatics.registry.keys;

import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.keyring.KeyringRewrite;

/** The rewrite of the keyring under a new KEK of the day. */
final class KeyringRewriteOperation implements KeyOperation {
    static final String KIND = "keyring";

    private final KeyringRewrite rewrite;

    KeyringRewriteOperation(KeyringRewrite rewrite) {
        this.rewrite = rewrite;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "copies the keyring under a new KEK and drops the old one, as every night";
    }

    @Override
    public void run(Run run) {
        try {
            rewrite.run(new KeyringRewrite.Watch() {
                @Override
                public void step(String name) {
                    run.step(name);
                }

                @Override
                public void progress(long done, long total) {
                    run.progress(done, total);
                }
            });
        } catch (KeyTamperedException e) {
            throw new KeyOperationException(
                    "key " + e.key() + " does not open: repair or shred it, nothing was swapped", e);
        }
    }
}
