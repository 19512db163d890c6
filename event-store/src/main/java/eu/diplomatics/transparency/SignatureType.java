package eu.diplomatics.transparency;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** How a note is signed: the types of <a href="https://c2sp.org/signed-note">c2sp.org/signed-note</a> we use. */
public enum SignatureType {
    /** Ed25519 over the text. */
    ED25519(1),
    /** A witness's Ed25519 over time and text (<a href="https://c2sp.org/tlog-cosignature">tlog-cosignature</a>, v1). */
    COSIGNATURE_V1(4);

    static final int ED25519_BYTES = 64;

    private final byte identifier;

    SignatureType(int identifier) {
        this.identifier = (byte) identifier;
    }

    byte identifier() {
        return identifier;
    }

    static Optional<SignatureType> of(byte identifier) {
        return Arrays.stream(values())
                .filter(type -> type.identifier == identifier)
                .findFirst();
    }

    /** Bytes in front of the Ed25519 signature. */
    int timestampBytes() {
        return this == COSIGNATURE_V1 ? Long.BYTES : 0;
    }

    /** What Ed25519 signs; the time only where the type has one. */
    byte[] message(String text, long posixSeconds) {
        String header = this == COSIGNATURE_V1 ? "cosignature/v1\ntime " + posixSeconds + "\n" : "";
        return (header + text).getBytes(StandardCharsets.UTF_8);
    }
}
