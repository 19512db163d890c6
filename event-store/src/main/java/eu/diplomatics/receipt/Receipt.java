package eu.diplomatics.receipt;

import java.util.Map;
import java.util.UUID;

/**
 * What an institution keeps of a registration: a signed promise that this event stands at this place in the log.
 *
 * @param reference the registry's reference of the qualification
 * @param version which event of the qualification, from 1
 * @param position place in the log
 * @param recordedAt as {@link Times} writes it: a text, because the signature covers its digits
 * @param leaf hex, 64 digits
 * @param keyId which of the registry's receipt keys signed (RFC 7638 thumbprint)
 * @param signature base64url, Ed25519 over the RFC 8785 form of all other fields
 */
public record Receipt(
        UUID reference, long version, long position, String recordedAt, String leaf, String keyId, String signature) {

    /** The bytes the signature covers. */
    byte[] signedBytes() {
        return CanonicalJson.bytes(Map.of(
                "reference", reference.toString(),
                "version", version,
                "position", position,
                "recordedAt", recordedAt,
                "leaf", leaf,
                "keyId", keyId));
    }
}
