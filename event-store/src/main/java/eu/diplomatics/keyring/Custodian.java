package eu.diplomatics.keyring;

import eu.diplomatics.envelope.SecretBytes;
import java.util.List;

/**
 * The third party that holds the master and index keys. Every verb throws {@link KeysUnavailableException} when it
 * cannot be carried out now; nothing was done then, or doing it again does no harm. Of these, a
 * {@link KeyRefusedException} is about what was asked and comes again.
 */
public interface Custodian {
    /** Wraps a key under the master key of the day; {@code context} must be given again to unwrap. */
    WrappedKey wrap(SecretBytes key, byte[] context);

    /** Unwraps what {@link #wrap} made, only with the same context. The caller closes the secret. */
    SecretBytes unwrap(WrappedKey wrapped, byte[] context);

    /**
     * Keyed digests (HMAC-SHA256, 32 bytes) under keys that never leave the custodian, in the order asked. One call
     * for up to {@value #MAX_INDEX_BATCH} values, more calls for more.
     */
    List<byte[]> index(List<IndexRequest> requests);

    /**
     * Returns when every site has the index key of this label, and all have the same: before a new version is used.
     *
     * @throws KeyRefusedException when a site has none
     * @throws IndexKeysDifferException when theirs are not the same
     * @throws KeysUnavailableException also when a site does not answer, so that it cannot be told
     */
    void requireIndexKey(String label);

    /** Returns when the custodian answers and can use its keys. */
    void checkReady();

    /** What the custodian says about itself; for operators. */
    CustodianStatus status();

    /**
     * Destroys the master key of a past day for ever, as the controller's schedule allows, at the site of this id only:
     * each has keys of its own. What is outside the schedule takes two operators, with the custodian's own command line.
     *
     * @throws CustodianRefusalException when the custodian does not, with its code
     */
    DestructionReceipt expire(String site, ExpireRequest request);

    int MAX_INDEX_BATCH = 2_000;

    /**
     * One value to digest.
     *
     * @param keyLabel the custodian's key, such as {@code holder-index}
     * @param value exactly 32 bytes; a pseudonym already, never a number of a person
     */
    record IndexRequest(String keyLabel, byte[] value) {}

    /** A canonical JSON text and its signature; formats in docs/key-custodian.md. */
    record SignedStatement(String statement, byte[] signature) {}

    /**
     * @param label the epoch key, {@code epoch-YYYY-MM-DD}
     * @param schedule signed by the controller in advance
     * @param generations the index of verified backup generations, signed by the manifest key
     * @param keyring under which epoch keys the live keyring stands, signed by the inventory key
     */
    record ExpireRequest(
            String label, SignedStatement schedule, SignedStatement generations, SignedStatement keyring) {}

    /**
     * @param hardware whether keys live in a hardware security module
     * @param labels every key held
     * @param receiptKey the public key (X.509 encoding; Ed25519, or P-256 where the token has no Ed25519) under which
     *     destruction receipts are signed
     */
    record CustodianStatus(String custodian, String token, boolean hardware, List<String> labels, byte[] receiptKey) {}
}
