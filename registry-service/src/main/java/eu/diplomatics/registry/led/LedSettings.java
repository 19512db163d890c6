package eu.diplomatics.registry.led;

import eu.diplomatics.led.LedSigners;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The LED's web services (docs/led.md).
 *
 * @param identification what this registry calls itself in answers
 * @param atOnce how many questions of one supplier are answered at the same time; one more is answered 99996
 * @param patience how long the bytes of a message may take
 * @param signers whose certificates sign questions, by the id of a supplier; without one, in the profile {@code insecure}
 *     only, signatures are not looked at
 * @param signing what answers are signed with; not at all without it
 */
@ConfigurationProperties("diplomatics.led")
record LedSettings(
        @DefaultValue("diplomatics") String identification,
        @DefaultValue("8") int atOnce,
        @DefaultValue("10s") Duration patience,
        @DefaultValue List<LedSigners.Signer> signers,
        @Nullable Signing signing) {

    /** A store, PKCS #12, with one key. */
    record Signing(Path keyStore, String password) {
        @Override
        public String toString() {
            return "Signing[" + keyStore + ", redacted]";
        }
    }
}
