package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.RequestRules;
import java.time.InstantSource;
import java.time.ZoneId;

/** What requests are read under, today. */
public final class Rules {
    private static final ZoneId BELGIUM = ZoneId.of("Europe/Brussels");

    private final InstantSource clock;
    private final boolean testNumbers;

    public Rules(InstantSource clock, boolean testNumbers) {
        this.clock = clock;
        this.testNumbers = testNumbers;
    }

    public RequestRules now(Mode mode) {
        return new RequestRules(
                mode, testNumbers, clock.instant().atZone(BELGIUM).toLocalDate());
    }
}
