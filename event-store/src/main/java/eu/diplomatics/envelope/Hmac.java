package eu.diplomatics.envelope;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC with one {@link Mac} per thread, which forgets the key after each use. */
public final class Hmac {
    private static final ThreadLocal<Hmac> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return new Hmac(Mac.getInstance("HmacSHA256"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    });

    private final Mac mac;
    private final SecretKeySpec noKey;

    Hmac(Mac mac) {
        this.mac = mac;
        this.noKey = new SecretKeySpec(new byte[1], mac.getAlgorithm());
    }

    /** HMAC-SHA256 over the parts as if they were one array: the caller makes sure that they can be told apart. */
    public static byte[] sha256(SecretBytes key, byte[]... parts) {
        return sha256(key.reveal(), parts);
    }

    /** As {@link #sha256(SecretBytes, byte[]...)}, for a key that is not kept, such as the opening of a commitment. */
    public static byte[] sha256(byte[] key, byte[]... parts) {
        Hmac hmac = SHA_256.get();
        hmac.begin(key);
        try {
            for (byte[] part : parts) {
                hmac.mac.update(part);
            }
            return hmac.mac.doFinal();
        } finally {
            hmac.forget();
        }
    }

    /** The values one after the other, each as UTF-8 behind its length in four bytes: no two lists encode alike. */
    public static byte[] lengthPrefixed(String... values) {
        byte[][] encoded = new byte[values.length][];
        int size = 0;
        for (int i = 0; i < values.length; i++) {
            encoded[i] = values[i].getBytes(StandardCharsets.UTF_8);
            size += Integer.BYTES + encoded[i].length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (byte[] value : encoded) {
            buffer.putInt(value.length).put(value);
        }
        return buffer.array();
    }

    Mac begin(byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
        return mac;
    }

    void forget() {
        try {
            mac.init(noKey);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
