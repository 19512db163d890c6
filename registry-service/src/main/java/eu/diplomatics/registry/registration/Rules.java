package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.AcceptedNumbers;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.RequestRules;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;

/** What requests are read under, today. */
public final class Rules {
    private static final ZoneId BELGIUM = ZoneId.of("Europe/Brussels");

    private final InstantSource clock;
    private final boolean testNumbers;
    private final Supplier<List<String>> blockedBy;

    /** @param blockedBy what keeps real numbers out at the moment of asking; empty when nothing does */
    public Rules(InstantSource clock, boolean testNumbers, Supplier<List<String>> blockedBy) {
        this.clock = clock;
        this.testNumbers = testNumbers;
        this.blockedBy = blockedBy;
    }

    /** A national number, as this service accepts them. */
    public Checked<Insz> number(String digits) {
        return Insz.parse(digits, testNumbers);
    }

    public RequestRules now(Mode mode) {
        return new RequestRules(mode, new AcceptedNumbers(testNumbers, blockedBy.get()), today());
    }

    /** In Belgium. */
    public LocalDate today() {
        return clock.instant().atZone(BELGIUM).toLocalDate();
    }
}
