package eu.diplomatics.query.led;

import eu.diplomatics.led.LedSigners;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The LED's web service (docs/led.md).
 *
 * @param identification what this registry calls itself in answers
 * @param capacities what each capacity [hoedanigheid] stands for; a question in any other is answered 13202
 * @param suppliers file of suppliers, for the names of those that the controller did not change; the sample without one
 * @param atOnce how many questions of one agency are answered at the same time; one more is answered 99996
 * @param signers whose certificates sign questions, by the id of an agency; without one, in the profile {@code insecure}
 *     only, signatures are not looked at
 * @param signing what answers are signed with; not at all without it
 * @param patience how long the bytes of a message may take
 */
@ConfigurationProperties("diplomatics.led")
record LedSettings(
        @DefaultValue("diplomatics") String identification,
        @DefaultValue List<Capacity> capacities,
        @Nullable Path suppliers,
        @DefaultValue("8") int atOnce,
        @DefaultValue("10s") Duration patience,
        @DefaultValue List<LedSigners.Signer> signers,
        @Nullable Signing signing) {
    private static final Pattern PURPOSE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");

    LedSettings {
        capacities = List.copyOf(capacities);
        Map<List<String>, Capacity> known = new HashMap<>();
        for (Capacity capacity : capacities) {
            if (known.put(List.of(capacity.agency(), capacity.code()), capacity) != null) {
                throw new IllegalArgumentException("diplomatics.led.capacities names a capacity of an agency twice");
            }
        }
    }

    /** A store, PKCS #12, with one key. */
    record Signing(Path keyStore, String password) {
        @Override
        public String toString() {
            return "Signing[" + keyStore + ", redacted]";
        }
    }

    /**
     * A capacity: whose, what for, and what is answered to it. The seat of a mandate until there is a catalogue of them.
     *
     * @param code as {@code Hoedanigheid} has it
     * @param agency the only one that may ask in it
     * @param purpose the code that the access log tells
     * @param categories of the records answered; all without one
     * @param fields which optional fields are answered, by their names in JSON; all without one
     */
    record Capacity(
            String code,
            String agency,
            String purpose,
            @DefaultValue Set<String> categories,
            @Nullable Set<String> fields) {
        Capacity {
            if (!PURPOSE.matcher(purpose).matches()) {
                throw new IllegalArgumentException("diplomatics.led.capacities names a purpose that is no code");
            }
        }
    }
}
