package eu.diplomatics.golive;

import java.util.stream.Collectors;

/** The zones are declared and apart. Where they are not allowed to be, the service did not start. */
public final class ZonesDeclared implements GoLiveCondition {
    private final Zones zones;

    public ZonesDeclared(Zones zones) {
        this.zones = zones;
    }

    @Override
    public String id() {
        return "zones";
    }

    @Override
    public String requirement() {
        return "R25";
    }

    @Override
    public Verdict check() {
        if (zones.oneMachine()) {
            return Verdict.red(
                    "everything stands on one machine, under one operator",
                    "run zone A, zone B and the custodian at three operators and declare diplomatics.zones");
        }
        if (zones.named().isEmpty()) {
            return Verdict.red("no zone is declared", "declare diplomatics.zones.a, .b, .c and .custodian");
        }
        return Verdict.green(zones.named().entrySet().stream()
                .map(zone -> zone.getKey() + ": " + zone.getValue().operator() + ", "
                        + zone.getValue().country() + ", controlled from "
                        + zone.getValue().parent())
                .collect(Collectors.joining("; ")));
    }
}
