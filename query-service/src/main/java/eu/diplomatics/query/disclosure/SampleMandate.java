package eu.diplomatics.query.disclosure;

import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandate.Disclosure;
import eu.diplomatics.qualification.Mandate.Question;
import eu.diplomatics.qualification.Mandate.Quota;
import eu.diplomatics.qualification.Mandate.When;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.sensitivity.Sensitivity;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Component;

/**
 * What an agency without any mandate of its own may ask on a machine for trying out: everything, with test
 * numbers only. So that a first try needs no controller; refused outside the profile {@code insecure}.
 */
@Component
final class SampleMandate {
    private static final Granted GRANTED = new Granted(
            UUID.fromString("6d616e64-6174-4573-8000-0000000000ff"),
            1,
            new Mandate(
                    "any",
                    "any",
                    "none: a sample on a machine with test numbers only",
                    List.of(Question.values()),
                    List.of(
                            "annulment",
                            "basis",
                            "derived",
                            "dispute",
                            "history",
                            "holder",
                            "link",
                            "shredded",
                            "supplier",
                            "supplierReference",
                            "unlisted"),
                    Sensitivity.SPECIAL,
                    new Quota(10_000_000, 100_000_000),
                    new Disclosure("A sample agency tried the registry.", When.IMMEDIATELY, null, null),
                    "to try the registry",
                    "to see all there is",
                    LocalDate.EPOCH,
                    null),
            null,
            "diplomatics.mandates.default",
            "sample",
            Instant.EPOCH);

    private final boolean on;

    SampleMandate(@Value("${diplomatics.mandates.default:false}") boolean on, Environment environment) {
        if (on && !environment.acceptsProfiles(Profiles.of("insecure"))) {
            throw new IllegalStateException(
                    "diplomatics.mandates.default gives every agency everything: in the profile insecure only");
        }
        this.on = on;
    }

    Optional<Granted> granted() {
        return on ? Optional.of(GRANTED) : Optional.empty();
    }
}
