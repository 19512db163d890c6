package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import java.util.UUID;

/**
 * An unwrapped data key (L2). Hold it no longer than a unit of work, then close it.
 *
 * @param id the stream (qualification, holder identity or job) the key belongs to
 * @param generation the key generation, from 1
 */
public record DataKey(UUID id, int generation, KeyRegime regime, SecretBytes key) implements AutoCloseable {
    @Override
    public void close() {
        key.close();
    }
}
