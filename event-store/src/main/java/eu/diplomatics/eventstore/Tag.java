package eu.diplomatics.eventstore;

import java.util.Arrays;
import java.util.HexFormat;

/** A keyed digest of a natural key (HMAC-SHA256 under the reference key, 32 bytes); compared by content. */
public record Tag(byte[] value) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Tag(byte[] otherValue) && Arrays.equals(value, otherValue);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(value, 0, Math.min(4, value.length)) + "…";
    }
}
