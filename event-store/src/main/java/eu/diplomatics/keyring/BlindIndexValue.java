package eu.diplomatics.keyring;

import java.util.Arrays;

/**
 * What a number of a person becomes before it is stored or searched: a digest under two keys in two hands.
 *
 * @param version the version of the keys, from 1; two versions live side by side while keys rotate
 * @param value 32 bytes; compared by content
 */
public record BlindIndexValue(int version, byte[] value) implements Comparable<BlindIndexValue> {
    @Override
    public int compareTo(BlindIndexValue other) {
        int byVersion = Integer.compare(version, other.version);
        return byVersion != 0 ? byVersion : Arrays.compareUnsigned(value, other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlindIndexValue(int otherVersion, byte[] otherValue)
                && version == otherVersion
                && Arrays.equals(value, otherValue);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** Not the value: in a log it would link a request to a person's row. */
    @Override
    public String toString() {
        return "BlindIndexValue[version=" + version + ", redacted]";
    }
}
