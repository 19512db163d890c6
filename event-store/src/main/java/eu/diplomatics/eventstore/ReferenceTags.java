package eu.diplomatics.eventstore;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;

/** The tag by which a supplier's reference is claimed once, without the reference being readable. */
public final class ReferenceTags {
    /** The name of the key in the keyring. */
    public static final String KEY = "reference-key";

    private static final String PURPOSE = "supplier-reference";

    private ReferenceTags() {}

    /** HMAC-SHA256(reference key, purpose, supplier and reference, each behind its length). */
    public static Tag of(SecretBytes referenceKey, String supplier, String supplierReference) {
        return new Tag(Hmac.sha256(referenceKey, Hmac.lengthPrefixed(PURPOSE, supplier, supplierReference)));
    }
}
