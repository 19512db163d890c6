package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import java.util.List;
import java.util.UUID;

/** Where a lease gets the key-encryption keys from. */
@FunctionalInterface
interface KekSource {
    record Kek(UUID id, SecretBytes key) {}

    /**
     * All that may be used now, the one for new keys first; never empty. An older one that does not unwrap is left out.
     *
     * @throws KeysUnavailableException when database or custodian do not answer
     */
    List<Kek> fetch();
}
