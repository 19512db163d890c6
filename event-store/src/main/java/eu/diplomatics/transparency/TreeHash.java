package eu.diplomatics.transparency;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A hash in the tree (<a href="https://www.rfc-editor.org/rfc/rfc6962#section-2.1">RFC 6962, section 2.1</a>): a leaf
 * as {@link eu.diplomatics.eventstore.Leaf} has it, a node or a root. A value; the bytes never change.
 */
public final class TreeHash {
    public static final int BYTES = 32;

    /** The root of a tree without leaves: the digest of nothing. */
    public static final TreeHash EMPTY = new TreeHash(sha256().digest());

    private static final byte NODE_PREFIX = 1;

    private final byte[] bytes;

    private TreeHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A hash that was computed elsewhere. A leaf is taken as it stands and not hashed again.
     *
     * @throws IllegalArgumentException when it is not 32 bytes
     */
    public static TreeHash of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a hash has " + BYTES + " bytes, not " + bytes.length);
        }
        return new TreeHash(bytes.clone());
    }

    /** Reads {@link #base64}, in its one form; empty when it is no hash. */
    public static Optional<TreeHash> ofBase64(String text) {
        return Base64Text.decode(text).filter(bytes -> bytes.length == BYTES).map(TreeHash::new);
    }

    /** The SHA-256 of any bytes, outside of a tree. */
    public static TreeHash digest(byte[] bytes) {
        return new TreeHash(sha256().digest(bytes));
    }

    /** The hash of the node above two others: SHA-256(0x01 ‖ left ‖ right). */
    public static TreeHash node(TreeHash left, TreeHash right) {
        MessageDigest digest = sha256();
        digest.update(NODE_PREFIX);
        digest.update(left.bytes);
        digest.update(right.bytes);
        return new TreeHash(digest.digest());
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Base64 with padding, as checkpoints carry it. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    void putInto(ByteBuffer buffer) {
        buffer.put(bytes);
    }

    static TreeHash from(ByteBuffer buffer) {
        byte[] bytes = new byte[BYTES];
        buffer.get(bytes);
        return new TreeHash(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TreeHash hash && MessageDigest.isEqual(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Hex: hashes are public. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
