package eu.diplomatics.registry.receipt;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.receipt.Jwks;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.receipt.ReceiptSigner;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Signs receipts under the key that the keyring holds. Signing the same place again gives the same receipt: Ed25519 is
 * deterministic. All throw {@link eu.diplomatics.keyring.KeysUnavailableException}.
 */
public final class Receipts {
    private static final String KEY = "receipt-key";
    /** From so many on, all cores sign: a signature costs more than all else about a row. */
    private static final int MANY = 32;

    private final Keyring keyring;

    public Receipts(Keyring keyring) {
        this.keyring = keyring;
    }

    public Receipt of(EventPlace place) {
        return of(List.of(place)).getFirst();
    }

    /** The receipts of several places, in their order, with one use of the key. */
    public List<Receipt> of(List<EventPlace> places) {
        try (SecretBytes seed = keyring.secret(KEY)) {
            ReceiptSigner signer = new ReceiptSigner(seed);
            Stream<EventPlace> signed = places.size() < MANY ? places.stream() : places.parallelStream();
            return signed.map(place -> signer.sign(
                            place.stream(), place.version(), place.position(), place.recordedAt(), place.leaf()))
                    .toList();
        }
    }

    /** A document with {@code keyId} and {@code signature}, verified as a receipt is. */
    public Map<String, Object> signed(Map<String, Object> document) {
        try (SecretBytes seed = keyring.secret(KEY)) {
            return new ReceiptSigner(seed).sign(document);
        }
    }

    public Jwks keys() {
        try (SecretBytes seed = keyring.secret(KEY)) {
            return new ReceiptSigner(seed).jwks();
        }
    }
}
