package eu.diplomatics.registry.backup;

import eu.diplomatics.inventory.StatementFile;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The last run of each operation on backups that ended well, as the manifest key signed it; and how old the tail is. */
final class Runs {
    private static final String TYPE = "diplomatics backup run v1";
    private static final String TAIL = "tail";
    private static final List<String> OPERATIONS = List.of("create", TAIL, "verify", "restore", "drill");
    /** One is taken each minute. */
    private static final Duration TAIL_LATE = Duration.ofMinutes(5);

    private static final double MILLIS = 1000.0;

    private final BackupSettings settings;
    private final InstantSource clock;

    Runs(BackupSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** @param at as of when: of a tail when its snapshot was taken, of all others when it ended */
    record Run(String operation, String generation, Instant at, double seconds, long bytes, long events) {}

    /** How the tail is. */
    enum Tail {
        /** Nobody told where runs are, or none was ever taken that is believed. */
        NONE,
        FRESH,
        /** What is registered since would be lost with everything else. */
        LATE
    }

    /** Those that are believed. */
    List<Run> look() {
        return OPERATIONS.stream().flatMap(each -> look(each).stream()).toList();
    }

    private Optional<Run> look(String operation) {
        Path folder = settings.runs();
        if (folder == null || settings.manifestKeys().isEmpty()) {
            return Optional.empty();
        }
        return StatementFile.read(folder.resolve(operation + ".json"))
                .filter(signed -> ManifestSignature.isBelieved(settings.manifestKeys(), TYPE, signed))
                .flatMap(Runs::parse)
                .filter(run -> run.operation().equals(operation));
    }

    private static Optional<Run> parse(SignedStatement signed) {
        try {
            JsonNode json = JsonMapper.shared().readTree(signed.statement());
            return Optional.of(new Run(
                    json.path("operation").asString(""),
                    json.path("generation").asString(""),
                    Instant.parse(json.path("at").asString("")),
                    json.path("millis").asLong() / MILLIS,
                    json.path("bytes").asLong(),
                    json.path("events").asLong()));
        } catch (JacksonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Since the last tail was taken; empty where there was none. */
    Optional<Duration> tailAge() {
        return look(TAIL).map(run -> Duration.between(run.at(), clock.instant()));
    }

    Tail tail() {
        return tailAge()
                .map(age -> age.compareTo(TAIL_LATE) > 0 ? Tail.LATE : Tail.FRESH)
                .orElse(Tail.NONE);
    }

    void measured(MeterRegistry registry) {
        Gauge.builder(
                        "diplomatics.backup.tail.age",
                        this,
                        each -> each.tailAge()
                                .map(age -> age.toMillis() / MILLIS)
                                .orElse(Double.NaN))
                .description("since the last tail was taken: what would be lost; no number where there was none")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("diplomatics.backup.tail.late", this, each -> each.tail() == Tail.LATE ? 1 : 0)
                .description("1 while the last tail is older than five minutes: an alarm")
                .register(registry);
        for (String operation : OPERATIONS) {
            gauge(
                    registry,
                    operation,
                    "age",
                    "seconds",
                    run -> Duration.between(run.at(), clock.instant()).toMillis() / MILLIS);
            gauge(registry, operation, "duration", "seconds", Run::seconds);
            gauge(registry, operation, "size", "bytes", Run::bytes);
            gauge(registry, operation, "events", "events", Run::events);
        }
    }

    private void gauge(MeterRegistry registry, String operation, String figure, String unit, ToDoubleFunction<Run> of) {
        Gauge.builder(
                        "diplomatics.backup.run." + figure,
                        this,
                        each -> each.look(operation)
                                .map(run -> of.applyAsDouble(run))
                                .orElse(Double.NaN))
                .description("of the last run that ended well; no number where there was none")
                .tag("operation", operation)
                .baseUnit(unit)
                .register(registry);
    }
}
