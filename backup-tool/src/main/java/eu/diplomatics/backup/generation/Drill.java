package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.DrillReport.Check;
import eu.diplomatics.backup.generation.DrillReport.Evidence;
import eu.diplomatics.backup.generation.DrillReport.Handover;
import eu.diplomatics.backup.generation.DrillReport.Kind;
import eu.diplomatics.backup.generation.DrillReport.Phase;
import eu.diplomatics.backup.generation.DrillReport.Sample;
import eu.diplomatics.backup.generation.DrillReport.Tool;
import eu.diplomatics.backup.generation.DrillReport.Verdict;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.KeyRefusedException;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rehearses that a generation comes back as a running registry, and that what must be refused is. Each check is made,
 * whatever came of those before; the report is signed and kept whether it passed or not.
 */
public final class Drill {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final GenerationStore store;
    private final Scenario scenario;
    private final @Nullable Custodian custodian;
    private final InstantSource clock;
    private final Consumer<String> say;
    private final List<Phase> phases = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<Tool> tools = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private final List<Handover> handover = new ArrayList<>();
    private final List<String> deviations = new ArrayList<>();

    /** Brings the generation back and asks it, somewhere else. */
    @FunctionalInterface
    public interface Restoring {
        /** Which phases took how long, and what was found; its last check is that it answered. */
        Came back(GenerationId id) throws IOException;
    }

    /**
     * @param checks what was asked of what came back
     * @param samples of answers, held against the source
     * @param handover which keys it took
     * @param deviations in what it was not as a loss would be
     */
    public record Came(
            List<Phase> phases,
            List<Check> checks,
            List<Tool> tools,
            List<Sample> samples,
            List<Handover> handover,
            List<String> deviations) {}

    /** What of it is rehearsed. */
    public enum Scenario {
        /** The custodian is there. */
        REGISTRY_LOST(
                Kind.RESTORE,
                "the registry is lost; a generation, certificates and a custodian are left, and an empty folder"),
        /** Also an export is taken over under another one. */
        LEFT(
                Kind.EXIT,
                "the registry is lost, and its provider is left; a generation, certificates, a custodian and an export with"
                        + " its recipient's identity are there, and empty folders"),
        /** Nothing opens a generation any more. */
        CUSTODIAN_LOST(
                Kind.EXIT,
                "the registry and its custodian are lost; an export, its recipient's identity and the programs of a"
                        + " generation are left, and an empty folder"),
        /** Of a generation only its programs are looked at. */
        ENVIRONMENT(Kind.SMALL, "the programs of a generation start on this machine as it is today, without its data");

        private final Kind kind;
        private final String text;

        Scenario(Kind kind, String text) {
            this.kind = kind;
            this.text = text;
        }

        /** Whether the keys of the generation can be asked for. */
        boolean custodianAnswers() {
            return this == REGISTRY_LOST || this == LEFT;
        }
    }

    /**
     * @param custodian null where it is lost, or not needed
     * @param say told what is being done
     */
    public Drill(
            GenerationStore store,
            Scenario scenario,
            @Nullable Custodian custodian,
            InstantSource clock,
            Consumer<String> say) {
        if (scenario.custodianAnswers() && custodian == null) {
            throw new IllegalArgumentException("a custodian is needed");
        }
        this.store = store;
        this.scenario = scenario;
        this.custodian = custodian;
        this.clock = clock;
        this.say = say;
    }

    /** @throws UntrustedException when the generation's manifest is not to be believed: there is nothing to rehearse with */
    public DrillReport run(GenerationId id, Restoring restoring) throws IOException {
        Instant begun = now();
        GenerationStore.Signed signed =
                store.manifest(id).orElseThrow(() -> new UntrustedException("the manifest of " + id));
        Manifest manifest = signed.manifest();
        Custodian asked = custodian;
        if (scenario.kind != Kind.SMALL) {
            phase("verify", () -> verify(id, asked));
            phase("altered copy", () -> altered(id, manifest));
            if (asked != null) {
                phase("keys of another", () -> keysOfAnother(asked, id, manifest));
                manifest.epochKeys()
                        .forEach((site, key) -> handover.add(new Handover(
                                "epoch key " + key, "site " + site + " of the custodian, which opens with it")));
            }
            phase("programs of others", () -> programsOfOthers(id, signed));
        }
        handover.add(new Handover("key that signs generations, public half", "the configuration of this tool"));
        say.accept("starting what the generation brought");
        Instant restoreBegun = clock.instant();
        try {
            Came came = restoring.back(id);
            phases.addAll(came.phases());
            came.checks().forEach(this::note);
            tools.addAll(came.tools());
            samples.addAll(came.samples());
            handover.addAll(came.handover());
            deviations.addAll(came.deviations());
        } catch (IOException | KeysUnavailableException e) {
            note(new Check("restored and answers", false, e.getClass().getSimpleName() + ": " + e.getMessage()));
        }
        for (Sample sample : samples) {
            note(new Check(
                    "sampled answers are as " + sample.source() + " says: " + sample.of(),
                    !sample.answers().isEmpty()
                            && sample.same() == sample.answers().size(),
                    sample.same() + " of " + sample.answers().size()));
        }
        Instant ended = now();
        DrillReport report = new DrillReport(
                DrillReport.TYPE,
                ID.format(begun),
                scenario.text,
                begun,
                ended,
                store.place().name(),
                id.toString(),
                signed.text().hash(),
                manifest.madeBy(),
                manifest.server(),
                manifest.log().position(),
                manifest.log().root(),
                manifest.bytes(),
                manifest.keyVersions(),
                manifest.epochKeys(),
                Math.max(0, Duration.between(manifest.log().recordedAt(), begun).toSeconds()),
                Duration.between(restoreBegun, ended).toSeconds(),
                phases,
                checks,
                checks.stream().allMatch(Check::passed) ? Verdict.PASSED : Verdict.FAILED,
                new Evidence(scenario.kind, rows(manifest), tools, samples, handover, deviations));
        new DrillStore(store).keep(report, now());
        return report;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A check that cannot be made has failed. */
    @FunctionalInterface
    private interface Making {
        Check make() throws IOException;
    }

    private void phase(String name, Making making) {
        say.accept(name);
        long begun = System.nanoTime();
        Check check;
        try {
            check = making.make();
        } catch (IOException | KeysUnavailableException e) {
            check = new Check(name, false, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
        phases.add(new Phase(name, (System.nanoTime() - begun) / 1_000_000));
        note(check);
    }

    private void note(Check check) {
        say.accept((check.passed() ? "  passed: " : "  FAILED: ") + check.name() + " (" + check.found() + ")");
        checks.add(check);
    }

    private static Map<String, Long> rows(Manifest manifest) {
        Map<String, Long> rows = new TreeMap<>();
        manifest.sources()
                .forEach(source -> source.tables()
                        .forEach(table -> rows.put(source.database() + "/" + table.name(), table.rows())));
        return rows;
    }

    /** By whom it is all counted again who does not know us. */
    private Check programsOfOthers(GenerationId id, GenerationStore.Signed signed) throws IOException {
        OtherPrograms.Looked looked = OtherPrograms.look(store, id, signed);
        tools.addAll(looked.tools());
        looked.missing().forEach(name -> deviations.add("not installed on this machine, so not asked: " + name));
        return new Check(
                "programs that know nothing of ours find the same",
                looked.tools().stream().allMatch(Tool::passed),
                looked.tools().stream().map(Tool::program).collect(Collectors.joining(", ")));
    }

    private Check verify(GenerationId id, @Nullable Custodian with) throws IOException {
        VerifyGeneration verify = new VerifyGeneration(store);
        VerifyGeneration.Report report = with == null ? verify.verify(id) : verify.verify(id, with);
        return new Check(
                with == null
                        ? "every byte is as the signed manifest says, as far as that shows without keys"
                        : "every byte, count and the tree's root are as the signed manifest says",
                report.findings().isEmpty(),
                report.findings().isEmpty()
                        ? report.segments() + " segments"
                        : report.findings().getFirst().toString());
    }

    /** Of two segments: one with another bit, one taken away. */
    private Check altered(GenerationId id, Manifest manifest) throws IOException {
        List<String> names = manifest.sources().stream()
                .flatMap(source -> source.tables().stream()
                        .flatMap(table -> table.segments().stream())
                        .map(segment -> GenerationStore.segmentName(id, source.part(), segment.sha256())))
                .toList();
        GenerationStore altered =
                new GenerationStore(new AlteredPlace(store.place(), names.getFirst(), names.getLast()), store.keys());
        List<VerifyGeneration.Finding> findings =
                new VerifyGeneration(altered).verify(id).findings();
        boolean found = findings.contains(new VerifyGeneration.Finding(VerifyGeneration.Code.CHANGED, names.getFirst()))
                && findings.contains(new VerifyGeneration.Finding(VerifyGeneration.Code.MISSING, names.getLast()));
        return new Check(
                "a flipped bit and a missing segment are found, without keys", found, findings.size() + " findings");
    }

    /** The custodian binds a key to its generation. */
    private static Check keysOfAnother(Custodian custodian, GenerationId id, Manifest manifest) {
        GenerationId other = new GenerationId(id.day().minusDays(1), id.attempt());
        String name = "the custodian refuses this generation's keys as those of another";
        for (Map.Entry<String, String> wrapped : manifest.keys().entrySet()) {
            try (SecretBytes key = GenerationKeys.unwrap(custodian, other, wrapped.getKey(), wrapped.getValue())) {
                return new Check(name, false, "it opened " + wrapped.getKey() + ", " + key.sizeBytes() + " bytes");
            } catch (KeyRefusedException e) {
                // as it has to be
            }
        }
        return new Check(name, true, manifest.keys().size() + " keys");
    }
}
