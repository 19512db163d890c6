package eu.diplomatics.custodian;

import java.util.List;

/**
 * Where keys live and are used; they never come out. Deliberately narrow, so that a hardware security module can stand
 * behind it. Every method throws {@link TokenException}.
 */
interface Token extends AutoCloseable {
    /** What a key may be used for; any other use is refused. */
    enum KeyKind {
        /** AES-256-GCM wrapping. */
        WRAPPING,
        /** HMAC-SHA256. */
        DIGEST,
        /** Signatures by the algorithm that {@link #signatureAlgorithm} names. */
        SIGNING
    }

    /** AES-GCM output; the token chooses the initialisation vector itself. */
    record Sealed(byte[] iv, byte[] ciphertext) {}

    /** Short name of the technology, such as {@code file}. */
    String technology();

    boolean hardware();

    /** What signing keys sign with, by its name in the JDK. */
    String signatureAlgorithm();

    /** Returns when the keys can be used now. */
    void check();

    /** The labels of all keys, sorted. */
    List<String> labels();

    boolean has(String label);

    /** Makes a key, durable when this returns; no effect when the label is taken by the same kind. */
    void create(String label, KeyKind kind);

    /**
     * Takes in a {@link KeyKind#DIGEST} key of 32 bytes made elsewhere, durable when this returns; refuses when the
     * label is taken.
     */
    void bring(String label, byte[] secret);

    /** Destroys a key for ever; durable when this returns. */
    void destroy(String label);

    Sealed wrap(String label, byte[] context, byte[] plaintext);

    byte[] unwrap(String label, byte[] context, Sealed sealed);

    /** Digests in the order of the values. */
    List<byte[]> digest(String label, List<byte[]> values);

    byte[] sign(String label, byte[] message);

    /** The public key of a signing key, X.509 encoding. */
    byte[] publicKey(String label);

    @Override
    void close();
}
