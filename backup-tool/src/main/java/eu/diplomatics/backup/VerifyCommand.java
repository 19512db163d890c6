package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.KeyReferences;
import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.generation.VerifyGeneration.Finding;
import eu.diplomatics.backup.tail.TailStore;
import eu.diplomatics.backup.tail.VerifyTail;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "reads every byte of the generations that count, or of one, and of their tails; with keys also whether it opens,"
                    + " counts, the tree's root and who signed it, and whether every key is there that is needed",
            "status 0 when nothing is found; it tells what it did not look at"
        })
final class VerifyCommand implements Callable<Integer> {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = "--keyless", description = "without the custodian: bytes and signatures only")
    private boolean keyless;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Mixin
    private PlaceOption place = new PlaceOption();

    @Parameters(arity = "0..1", paramLabel = "DAY", description = "such as 2026-11-22; all when left out")
    private Optional<String> day = Optional.empty();

    @Override
    public Integer call() throws IOException {
        BackupConfiguration configuration = tool.configuration();
        GenerationStore store = place.store(configuration);
        VerifyGeneration verify = new VerifyGeneration(store, configuration.logTrust());
        List<GenerationId> wanted = store.list().stream()
                .filter(stored -> stored.state() == State.VERIFIED || stored.state() == State.BROKEN)
                .map(Stored::id)
                .filter(id -> day.isEmpty() || id.day().toString().equals(day.get()))
                .toList();
        if (wanted.isEmpty()) {
            throw new ParameterException(
                    tool.commandLine(),
                    day.map(each -> "no generation of " + each).orElse("there is no generation yet"));
        }
        Instant begun = tool.clock().instant();
        long bytes = 0;
        boolean good = true;
        List<Map<String, Object>> told = new ArrayList<>();
        for (GenerationId id : wanted) {
            VerifyGeneration.Report report;
            VerifyTail.Report tail;
            if (keyless) {
                report = verify.verify(id);
                tail = new VerifyTail(new TailStore(store)).verify(id);
            } else {
                try (HttpsCustodian custodian = configuration.openCustodian()) {
                    KeyReferences references = new KeyReferences();
                    report = verify.verify(id, custodian, references);
                    tail = new VerifyTail(new TailStore(store)).verify(id, custodian, references);
                }
            }
            if (json) {
                told.add(members(report, tail));
            } else {
                tell(report);
                tell(id, tail);
            }
            good &= report.findings().isEmpty() && tail.findings().isEmpty();
            bytes += report.bytes() + tail.bytes();
        }
        if (json) {
            tool.out().println(BackupApplication.json(told));
        }
        if (good && !keyless && place.name().equals(BackupConfiguration.FIRST)) {
            ended(configuration, store, wanted.getLast(), begun, bytes);
        }
        return good ? 0 : Failures.FOUND;
    }

    private void ended(
            BackupConfiguration configuration, GenerationStore store, GenerationId newest, Instant begun, long bytes)
            throws IOException {
        long events = store.manifest(newest)
                .map(each -> each.manifest().log().position())
                .orElse(0L);
        Watched.ended(
                tool,
                configuration,
                Run.VERIFY,
                newest.toString(),
                begun,
                tool.clock().instant(),
                bytes,
                events);
    }

    private static Map<String, Object> members(VerifyGeneration.Report report, VerifyTail.Report tail) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("id", report.id().toString());
        all.put("keyless", report.keyless());
        all.put("segments", report.segments());
        all.put("bytes", report.bytes());
        all.put("shreddedEvents", report.shredded());
        if (report.cosigned() > 0) {
            all.put("cosignedUpTo", report.cosigned());
            report.cosignedAt().ifPresent(at -> all.put("cosignedAt", at.toString()));
        }
        all.put("tails", tail.tails());
        tail.last().ifPresent(last -> all.put("tailsUpTo", last.log().position()));
        all.put("notLookedAt", report.notLookedAt());
        all.put(
                "findings",
                Stream.concat(report.findings().stream(), tail.findings().stream())
                        .map(finding -> Map.of("code", finding.code().name(), "object", finding.object()))
                        .toList());
        return all;
    }

    private void tell(GenerationId id, VerifyTail.Report tail) {
        tell(id, tail.findings());
        tail.last()
                .ifPresent(last -> tool.out()
                        .printf(
                                Locale.ROOT,
                                "%s: %d tails up to event %,d at %s, %,.1f MB%n",
                                id,
                                tail.tails(),
                                last.log().position(),
                                last.takenAt(),
                                BackupApplication.megabytes(tail.bytes())));
    }

    private void tell(GenerationId id, List<Finding> findings) {
        findings.forEach(finding -> tool.out().println(id + " " + finding));
    }

    private void tell(VerifyGeneration.Report report) {
        PrintWriter out = tool.out();
        tell(report.id(), report.findings());
        out.printf(
                Locale.ROOT,
                "%s: %s, %,d segments, %,.1f MB%s%n",
                report.id(),
                report.findings().isEmpty() ? "OK" : report.findings().size() + " FINDINGS",
                report.segments(),
                BackupApplication.megabytes(report.bytes()),
                keyless ? ", without keys" : "");
        if (report.shredded() > 0) {
            out.printf(
                    Locale.ROOT,
                    "%s: %,d events have no key because they were shredded, as the ledger says%n",
                    report.id(),
                    report.shredded());
        }
        if (report.cosigned() > 0) {
            out.printf(
                    Locale.ROOT,
                    "%s: the witness saw the log up to event %,d, at %s%n",
                    report.id(),
                    report.cosigned(),
                    report.cosignedAt().map(Object::toString).orElse("?"));
        }
        report.notLookedAt().forEach(what -> out.println(report.id() + ": not looked at: " + what));
    }
}
