package eu.diplomatics.registry.backup;

import eu.diplomatics.golive.GoLiveCondition;
import eu.diplomatics.inventory.StatementFile;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The drills there were, by their signed index, and whether the last one that passed is new enough (R33). */
final class Drills implements GoLiveCondition {
    private static final String TYPE = "diplomatics drill index v1";
    private static final String SMALL = "SMALL";

    private final BackupSettings settings;
    private final InstantSource clock;

    Drills(BackupSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** What drills come to. */
    enum Condition {
        NOT_CONFIGURED,
        /** The last one passed, and not too long ago. */
        REHEARSED,
        /** None passed in the time in which one has to. */
        OVERDUE,
        /** The last one failed. */
        FAILED
    }

    /**
     * @param kind SMALL: only the programs of a generation were looked at
     * @param reportHash SHA-256 of the report's statement, hex
     * @param signedOff who stands for the report
     */
    record Held(
            String id,
            String kind,
            String generation,
            Instant endedAt,
            String verdict,
            String reportHash,
            List<SignedOff> signedOff) {
        boolean small() {
            return kind.equals(SMALL);
        }

        boolean passed() {
            return verdict.equals("PASSED");
        }
    }

    record SignedOff(String by, Instant at) {}

    /** @param drills the oldest first; none of an index that nobody believed signed */
    record State(Condition condition, List<Held> drills) {}

    State look() {
        if (settings.drills() == null || settings.manifestKeys().isEmpty()) {
            return new State(Condition.NOT_CONFIGURED, List.of());
        }
        List<Held> drills = StatementFile.read(settings.drills())
                .filter(signed -> ManifestSignature.isBelieved(settings.manifestKeys(), TYPE, signed))
                .flatMap(Drills::parse)
                .orElse(List.of());
        if (lastFailed(drills, false) || lastFailed(drills, true)) {
            return new State(Condition.FAILED, drills);
        }
        return new State(
                lastPassed(drills)
                                .map(at -> Duration.between(at, clock.instant()).compareTo(settings.drillEvery()) <= 0)
                                .orElse(false)
                        ? Condition.REHEARSED
                        : Condition.OVERDUE,
                drills);
    }

    /** A small one does not stand for the others, nor they for it: each looks at what the other may miss. */
    private static boolean lastFailed(List<Held> drills, boolean small) {
        return drills.stream()
                .filter(each -> each.small() == small)
                .reduce((one, later) -> later)
                .map(each -> !each.passed())
                .orElse(false);
    }

    private static Optional<Instant> lastPassed(List<Held> drills) {
        return drills.stream()
                .filter(each -> each.passed() && !each.small())
                .map(Held::endedAt)
                .max(Comparator.naturalOrder());
    }

    /** Since the last that passed; empty where there was none. */
    Optional<Duration> age() {
        return lastPassed(look().drills()).map(at -> Duration.between(at, clock.instant()));
    }

    private static Optional<List<Held>> parse(SignedStatement signed) {
        try {
            return Optional.of(JsonMapper.shared()
                    .readTree(signed.statement())
                    .path("drills")
                    .valueStream()
                    .map(each -> new Held(
                            each.path("id").asString(),
                            each.path("kind").asString("RESTORE"),
                            each.path("generation").asString(),
                            Instant.parse(each.path("endedAt").asString()),
                            each.path("verdict").asString(),
                            each.path("reportHash").asString(),
                            each.path("signedOff")
                                    .valueStream()
                                    .map(one -> new SignedOff(
                                            one.path("by").asString(),
                                            Instant.parse(one.path("at").asString())))
                                    .toList()))
                    .toList());
        } catch (JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public String id() {
        return "drill";
    }

    @Override
    public String requirement() {
        return "R33";
    }

    @Override
    public Verdict check() {
        return switch (look().condition()) {
            case NOT_CONFIGURED ->
                Verdict.red(
                        "nobody told where the index of drills is and who signs it",
                        "set diplomatics.backup.drills and diplomatics.backup.manifest-keys");
            case FAILED ->
                Verdict.red("the last drill failed", "backup drill show says why (docs/runbooks/exit-drill.md)");
            case OVERDUE ->
                Verdict.red(
                        "no drill passed within " + settings.drillEvery().toDays() + " days",
                        "backup drill (docs/runbooks/exit-drill.md)");
            case REHEARSED ->
                Verdict.green("a drill passed within " + settings.drillEvery().toDays() + " days");
        };
    }
}
