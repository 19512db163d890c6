package eu.diplomatics.golive;

import eu.diplomatics.golive.Zones.RiskAcceptance;
import eu.diplomatics.golive.Zones.Zone;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Who sees plaintext in memory is named and stores nothing, and somebody signed for the risk that is left (R15). */
public final class PlaintextAccepted implements GoLiveCondition {
    private final Zones zones;
    private final InstantSource clock;

    public PlaintextAccepted(Zones zones, InstantSource clock) {
        this.zones = zones;
        this.clock = clock;
    }

    @Override
    public String id() {
        return "plaintext-accepted";
    }

    @Override
    public String requirement() {
        return "R15";
    }

    @Override
    public Verdict check() {
        Zone c = zones.named().get("c");
        if (c == null) {
            return Verdict.red(
                    "nobody is named who runs the services and sees plaintext in their memory",
                    "declare diplomatics.zones.c");
        }
        for (String store : new String[] {"a", "b"}) {
            Zone holder = zones.named().get(store);
            if (holder != null && holder.hasOperatorOf(c)) {
                return Verdict.red(
                        c.operator() + " runs the services and stores the data of zone " + store
                                + ": who stores the data could read them",
                        "let another operator run one of the two");
            }
        }
        RiskAcceptance acceptance = zones.riskAcceptance();
        if (acceptance == null) {
            return Verdict.red(
                    c.operator() + " sees plaintext in memory, and nobody signed for that",
                    "have the controller sign the residual risk, then set diplomatics.zones.c.risk-accepted-by and"
                            + " .risk-accepted-on");
        }
        if (acceptance.on().isAfter(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))) {
            return Verdict.red(
                    "the residual risk is said to be accepted on a day to come",
                    "correct diplomatics.zones.c.risk-accepted-on");
        }
        return Verdict.green(
                c.operator() + " sees plaintext in memory; accepted by " + acceptance.by() + " on " + acceptance.on());
    }
}
