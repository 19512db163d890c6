package eu.diplomatics.transparency;

import java.util.Base64;
import java.util.Optional;

/** RFC 4648 base64 in its one form: with padding, without loose bits at the end. */
final class Base64Text {
    private Base64Text() {}

    static Optional<byte[]> decode(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
