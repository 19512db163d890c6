package eu.diplomatics.pseudonym;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Pseudonyms of people, the same for an agency each time and unlinkable between agencies (R36): HMAC-SHA256 under a key of the
 * agency's own, which is derived from a named secret that no agency has.
 */
public final class AgencyPseudonyms {
    /** Replacing it would break what agencies tie by it, so that it has no period. */
    private static final String SECRET = "agency-pseudonym";

    private final Supplier<Optional<SecretBytes>> secret;

    /** @param secret opened anew for each use, and closed here */
    AgencyPseudonyms(Supplier<Optional<SecretBytes>> secret) {
        this.secret = secret;
    }

    public AgencyPseudonyms(Keyring keyring) {
        this(() -> keyring.existingSecret(SECRET));
    }

    /** Makes the secret where there is none yet, before the first mandate that names pseudonyms. */
    public static void prepare(Keyring keyring) {
        keyring.secret(SECRET).close();
    }

    /**
     * 64 hexadecimal digits.
     *
     * @param person random id that the registry knows the person by
     * @throws KeysUnavailableException when the secret cannot be had now
     */
    public String of(String agency, UUID person) {
        try (SecretBytes master =
                secret.get().orElseThrow(() -> new KeysUnavailableException("there is no " + SECRET))) {
            byte[] own = Hmac.sha256(master, Hmac.lengthPrefixed(SECRET, agency));
            try {
                return HexFormat.of().formatHex(Hmac.sha256(own, Hmac.lengthPrefixed("person", person.toString())));
            } finally {
                Arrays.fill(own, (byte) 0);
            }
        }
    }
}
