package eu.diplomatics.golive;

import eu.diplomatics.golive.OversightRegister.Processor;
import eu.diplomatics.golive.OversightRegister.UnreadableException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody oversees: the controller's registers of processors and audits are there, nothing in them is overdue, and they
 * were reviewed for the zones that are declared today (R34).
 */
public final class Oversight implements GoLiveCondition {
    private final @Nullable Path register;
    private final Zones zones;
    private final InstantSource clock;

    /** @param register the file; null where nobody named one. It is read at each look, so that no restart is needed */
    public Oversight(@Nullable Path register, Zones zones, InstantSource clock) {
        this.register = register;
        this.zones = zones;
        this.clock = clock;
    }

    @Override
    public String id() {
        return "oversight";
    }

    @Override
    public String requirement() {
        return "R34";
    }

    @Override
    public Verdict check() {
        Path file = register;
        if (file == null) {
            return Verdict.red(
                    "no register of processors and audits is named",
                    "keep one (docs/compliance/oversight.md) and set diplomatics.oversight.register");
        }
        try {
            OversightRegister read = OversightRegister.read(file);
            List<String> stale = stale(read, clock.instant());
            return stale.isEmpty()
                    ? Verdict.green("reviewed on " + read.reviewedOn() + "; the first date is " + first(read))
                    : Verdict.red(String.join("; ", stale), "do what is overdue, then bring the register up to date");
        } catch (UnreadableException e) {
            return Verdict.red(String.valueOf(e.getMessage()), "correct the file");
        }
    }

    /** The next day on which something becomes overdue, for a warning ahead of it; empty when there is no such register. */
    public Optional<LocalDate> nextDue() {
        Path file = register;
        if (file == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(first(OversightRegister.read(file)));
        } catch (UnreadableException e) {
            return Optional.empty();
        }
    }

    private static LocalDate first(OversightRegister register) {
        LocalDate first = earlier(
                register.securityPlan().reviewBy(), register.internalAudit().next());
        for (Processor processor : register.processors()) {
            first = earlier(first, processor.auditDue());
        }
        return first;
    }

    private static LocalDate earlier(LocalDate one, LocalDate other) {
        return one.isBefore(other) ? one : other;
    }

    private List<String> stale(OversightRegister register, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        List<String> stale = new ArrayList<>();
        if (!register.zones().equals(zones.named())) {
            stale.add("the registers were reviewed for other zones than are declared");
        }
        done("the review of the registers", register.reviewedOn(), today, stale);
        done("the approval of the security plan", register.securityPlan().approvedOn(), today, stale);
        due("the review of the security plan", register.securityPlan().reviewBy(), today, stale);
        done("the last internal audit", register.internalAudit().last(), today, stale);
        due("the next internal audit", register.internalAudit().next(), today, stale);
        for (Processor processor : register.processors()) {
            done("the agreement with " + processor.name(), processor.agreedOn(), today, stale);
            done("the audit report of " + processor.name(), processor.auditedOn(), today, stale);
            due("the next audit report of " + processor.name(), processor.auditDue(), today, stale);
        }
        zones.named().forEach((name, zone) -> {
            if (!covered(register, zone.operator())) {
                stale.add("there is no agreement with " + zone.operator() + ", who runs zone " + name);
            }
        });
        return stale;
    }

    private static boolean covered(OversightRegister register, String operator) {
        return register.controller().equalsIgnoreCase(operator)
                || register.processors().stream()
                        .anyMatch(processor -> processor.name().equalsIgnoreCase(operator));
    }

    private static void done(String what, LocalDate day, LocalDate today, List<String> stale) {
        if (day.isAfter(today)) {
            stale.add(what + " is said to be on a day to come, " + day);
        }
    }

    private static void due(String what, LocalDate day, LocalDate today, List<String> stale) {
        if (day.isBefore(today)) {
            stale.add(what + " was due on " + day);
        }
    }
}
