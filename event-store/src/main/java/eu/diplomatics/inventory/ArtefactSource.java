package eu.diplomatics.inventory;

/**
 * A place where things lie under keys. Each is one bean; whoever keeps such things somewhere new adds one, and inventory
 * and audit have it.
 */
public interface ArtefactSource {
    /**
     * Tells everything that lies here, by version of its key, and what is wrong as far as that shows here alone. Reads
     * metadata only, in pieces that no other work waits for.
     *
     * @throws eu.diplomatics.keyring.KeysUnavailableException when the keyring does not answer
     * @throws eu.diplomatics.eventstore.LogUnavailableException when the log does not
     */
    void report(Report report);
}
