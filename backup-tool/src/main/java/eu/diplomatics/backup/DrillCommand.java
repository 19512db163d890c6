package eu.diplomatics.backup;

import eu.diplomatics.backup.bundle.BundleException;
import eu.diplomatics.backup.bundle.RestoredPlace;
import eu.diplomatics.backup.export.FetchExport;
import eu.diplomatics.backup.generation.Drill;
import eu.diplomatics.backup.generation.DrillIndex;
import eu.diplomatics.backup.generation.DrillReport;
import eu.diplomatics.backup.generation.DrillReport.Verdict;
import eu.diplomatics.backup.generation.DrillStore;
import eu.diplomatics.backup.generation.EnvironmentReader;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.generation.SignedText;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.BagSample;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.report.ReportPdf;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description = {
            "rehearses the loss of everything: brings a generation back as a running registry in an empty folder,"
                    + " asks it, lets it register, and tries what must be refused; keeps a signed report",
            "status 0 when every check passed"
        })
final class DrillCommand implements Callable<Integer> {
    /** How many records are asked about. */
    private static final int SAMPLE = 50;

    private static final String WHICH = "an id, a day such as 2026-11-22, or latest";

    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(
            names = "--into",
            paramLabel = "DIR",
            description = "a folder that is not there yet, removed again; beside the configuration when left out")
    private @Nullable Path into;

    @Option(names = "--keep", description = "leave the folder as it is")
    private boolean keep;

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            description = "as for restore; where the configuration's key store is, when left out")
    private @Nullable Path credentials;

    @Option(names = "--port-base", paramLabel = "N", description = "eleven ports from here (18081)")
    private int portBase = 18_081;

    @Option(
            names = "--identity",
            paramLabel = "FILE",
            description = "the age identity of an export's recipient: the export is also taken over under another"
                    + " custodian, of its own")
    private @Nullable Path identity;

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description = "with --identity: that export; the newest at the second provider when left out")
    private @Nullable Path export;

    @Option(
            names = "--custodian-lost",
            description = "with --identity: no custodian opens the generation any more; only its programs are used")
    private boolean custodianLost;

    @Option(
            names = "--small",
            description =
                    "only whether the programs of the generation still start here: an empty registry of its own takes"
                            + " records that are nobody's; a minute, each day")
    private boolean small;

    @Option(names = "--report", paramLabel = "DIR", description = "where the report goes too, as show does it")
    private @Nullable Path reportFolder;

    @Mixin
    private PlaceOption place = new PlaceOption();

    @Option(names = "--json", description = "the report as JSON, and no progress")
    private boolean json;

    @Parameters(arity = "0..1", paramLabel = "DAY", description = "such as 2026-11-22; the newest when left out")
    private Optional<String> day = Optional.empty();

    @Override
    public Integer call() throws IOException, PortableException {
        BackupConfiguration configuration = tool.configuration();
        try (GenerationStore store = place.store(configuration)) {
            return run(configuration, store);
        }
    }

    private int run(BackupConfiguration configuration, GenerationStore store) throws IOException, PortableException {
        if (identity == null && (custodianLost || export != null)) {
            throw new ParameterException(tool.commandLine(), "--custodian-lost and --export need --identity");
        }
        if (identity != null && small) {
            throw new ParameterException(tool.commandLine(), "--small takes no export");
        }
        Path folder = (into == null ? tool.config().toAbsolutePath().resolveSibling("drill") : into).toAbsolutePath();
        Path elsewhere = folder.resolveSibling(folder.getFileName() + "-elsewhere");
        // they are removed afterwards, so nothing of anybody's may be in them before
        requireNothing(folder);
        requireNothing(elsewhere);
        GenerationId id = wanted(store);
        PrintWriter out = tool.out();
        Consumer<String> say = line -> {
            if (!json) {
                out.println(line);
                out.flush();
            }
        };
        DrillReport report;
        try (HttpsCustodian custodian = custodianLost || small ? null : configuration.openCustodian()) {
            Optional<Rehearsal.Exported> exported =
                    identity == null ? Optional.empty() : Optional.of(exported(configuration, elsewhere));
            RestoredPlace.Start start = new RestoredPlace.Start(id.day().toString(), place.name(), portBase, true);
            Rehearsal rehearsal = new Rehearsal(
                    configuration,
                    tool.config(),
                    credentials == null ? configuration.credentials() : credentials,
                    exported.map(each -> start.asking(each.sample())).orElse(start),
                    line -> say.accept("  " + line));
            report = new Drill(store, scenario(), custodian, tool.clock(), say).run(id, generation -> {
                EnvironmentReader environment = new EnvironmentReader(store, generation);
                if (small) {
                    rehearsal.begun(environment, folder);
                    return rehearsal.came();
                }
                rehearsal.primary();
                if (!custodianLost) {
                    rehearsal.restored(environment, generation, folder);
                }
                if (exported.isPresent()) {
                    rehearsal.takenOver(environment, exported.get(), elsewhere.resolve("registry"));
                }
                return rehearsal.came();
            });
        } finally {
            if (!keep) {
                Rehearsal.forget(folder);
                Rehearsal.forget(elsewhere);
            }
        }
        if (json) {
            out.println(BackupApplication.json(report));
        } else {
            tell(report);
        }
        if (reportFolder != null) {
            DrillStore drills = new DrillStore(store);
            writeReport(drills, drills.find(report.id()), reportFolder);
        }
        if (report.verdict() != Verdict.PASSED) {
            return Failures.FOUND;
        }
        if (!small) {
            Watched.ended(
                    tool,
                    configuration,
                    Run.DRILL,
                    report.generation(),
                    report.begunAt(),
                    report.endedAt(),
                    report.bytes(),
                    report.events());
        }
        return 0;
    }

    /** As it is signed, and for people. */
    private static void writeReport(DrillStore drills, DrillIndex.Entry entry, Path folder) throws IOException {
        SignedText signed = drills.report(entry);
        Files.createDirectories(folder);
        Files.write(folder.resolve("drill-" + entry.id() + ".json"), signed.bytes());
        try (OutputStream out = Files.newOutputStream(folder.resolve("drill-" + entry.id() + ".pdf"))) {
            ReportPdf.write(signed.read(DrillReport.TYPE, DrillReport.class), entry, out);
        }
    }

    private static void requireNothing(Path folder) throws IOException {
        if (Files.exists(folder)) {
            throw new BundleException(folder + " is there already", "remove it, or give another with --into");
        }
    }

    private Drill.Scenario scenario() {
        if (small) {
            return Drill.Scenario.ENVIRONMENT;
        }
        return custodianLost
                ? Drill.Scenario.CUSTODIAN_LOST
                : identity == null ? Drill.Scenario.REGISTRY_LOST : Drill.Scenario.LEFT;
    }

    /** With the questions that are asked about it. */
    private Rehearsal.Exported exported(BackupConfiguration configuration, Path folder)
            throws IOException, PortableException {
        Path recipient = Objects.requireNonNull(identity);
        BackupConfiguration.Exports exports = configuration.requireExports();
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path bag = export;
        if (bag == null) {
            bag = folder.resolve("export");
            try (Place from = exports.place().open()) {
                new FetchExport(from, exports.believed()).into(bag);
            }
        } else {
            Bag.verified(bag, exports.believed());
        }
        Path sample = folder.resolve("sample.json");
        Files.write(sample, BagSample.of(bag, IdentityFile.read(recipient), SAMPLE));
        return new Rehearsal.Exported(bag, recipient, exports.keys(), sample);
    }

    private void tell(DrillReport report) {
        PrintWriter out = tool.out();
        report.phases()
                .forEach(phase -> out.printf(Locale.ROOT, "  %-24s %8.1f s%n", phase.name(), phase.millis() / 1000.0));
        if (report.evidence() != null) {
            report.evidence().deviations().forEach(each -> out.println("  not as a loss would be: " + each));
        }
        out.printf(
                Locale.ROOT,
                "%s: drill %s of generation %s, %,d events; back in %d s, newest event %d s old%n",
                report.verdict(),
                report.id(),
                report.generation(),
                report.events(),
                report.recoveryTimeSeconds(),
                report.recoveryPointSeconds());
    }

    private GenerationId wanted(GenerationStore store) throws IOException {
        return store.list().stream()
                .filter(each -> each.state() == State.VERIFIED)
                .map(GenerationStore.Stored::id)
                .filter(each -> day.isEmpty() || each.day().toString().equals(day.get()))
                .reduce((one, other) -> other)
                .orElseThrow(() -> new ParameterException(
                        tool.commandLine(),
                        day.map(each -> "no generation of " + each).orElse("there is no generation yet")));
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "the drills there were, the newest last; status 0 when that one passed")
    int list(
            @Mixin PlaceOption where,
            @Option(names = "--json", description = "as JSON, with all of them") boolean asJson)
            throws IOException {
        try (GenerationStore store = where.store(tool.configuration())) {
            List<DrillIndex.Entry> drills =
                    new DrillStore(store).index().map(DrillIndex::drills).orElse(List.of());
            if (asJson) {
                tool.out().println(BackupApplication.json(drills));
            } else {
                drills.forEach(each -> tool.out()
                        .printf(
                                "%-18s %-8s %-14s %s %s%s%n",
                                each.id(),
                                each.kind() == null ? "" : each.kind(),
                                each.generation(),
                                each.verdict(),
                                each.endedAt(),
                                each.signedOff().stream()
                                        .map(DrillIndex.SignedOff::by)
                                        .collect(Collectors.joining(
                                                ", ", each.signedOff().isEmpty() ? "" : "  signed by ", ""))));
            }
            return drills.isEmpty() || drills.getLast().verdict() != Verdict.PASSED ? Failures.FOUND : 0;
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "the report of a drill: the statement that was signed, JSON")
    int show(
            @Mixin PlaceOption where,
            @Parameters(paramLabel = "DRILL", arity = "0..1", defaultValue = "latest", description = WHICH)
                    String which,
            @Option(
                            names = "--report",
                            paramLabel = "DIR",
                            description =
                                    "where it goes instead: as it is signed, and as an accessible PDF with who stands for it")
                    @Nullable
                    Path folder)
            throws IOException {
        try (GenerationStore store = where.store(tool.configuration())) {
            DrillStore drills = new DrillStore(store);
            DrillIndex.Entry entry = drills.find(which);
            if (folder == null) {
                tool.out().println(drills.report(entry).statement());
            } else {
                writeReport(drills, entry, folder);
                tool.out().println("drill-" + entry.id() + ".json, .pdf");
            }
            return 0;
        }
    }

    @Command(
            name = "sign",
            mixinStandardHelpOptions = true,
            description =
                    "somebody who read the report stands for it: a signed statement that names its hash; once each")
    int sign(
            @Mixin PlaceOption where,
            @Parameters(paramLabel = "DRILL", description = WHICH) String which,
            @Option(names = "--as", required = true, paramLabel = "NAME", description = "who") String by,
            @Option(names = "--remark", paramLabel = "TEXT", description = "such as what is to be mended") @Nullable
                    String remark)
            throws IOException {
        if (by.isBlank() || by.length() > DrillIndex.LONGEST_NAME) {
            throw new ParameterException(tool.commandLine(), "--as is the name of a person");
        }
        try (GenerationStore store = where.store(tool.configuration())) {
            DrillStore drills = new DrillStore(store);
            DrillIndex.Entry entry = drills.sign(
                    drills.find(which),
                    by.strip(),
                    remark,
                    tool.clock().instant().truncatedTo(ChronoUnit.MILLIS));
            tool.out()
                    .printf(
                            "drill %s, report %s: signed by %s%n",
                            entry.id(),
                            entry.reportHash(),
                            entry.signedOff().stream()
                                    .map(DrillIndex.SignedOff::by)
                                    .collect(Collectors.joining(", ")));
            return 0;
        }
    }
}
