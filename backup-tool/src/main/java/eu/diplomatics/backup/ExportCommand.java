package eu.diplomatics.backup;

import eu.diplomatics.backup.export.Export;
import eu.diplomatics.backup.portable.Age;
import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.ExportOrder;
import eu.diplomatics.backup.portable.ExportedFields;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.sensitivity.Sensitivity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "hands the whole log, or a range of it, to one recipient, in a format that needs nothing of ours",
            "",
            "The first call writes an order into DIR; two operators of the custodian approve it; the same call then makes",
            "the export, and goes on where it was killed. Each person in it gets a row in the access log first."
        },
        footer = {
            "",
            "Exit status 77: not approved. The exporter is an identity of its own; its configuration is a JSON file:",
            "  {\"databases\": {\"eventstore\": {\"url\": JDBC, \"username\": ROLE, \"passwordFile\": FILE}, \"keyring\": …,",
            "                 \"accesslog\": …},",
            "   \"custodian\": {\"endpoints\": [URL], \"sites\": 1, \"keyStore\": FILE, \"trustStore\": FILE, \"passwordFile\": FILE},",
            "   \"signingKey\": PEM-FILE, \"signingPublicKey\": BASE64, \"receiptKeys\": URL, \"logKeys\": URL, \"approve\": TEXT,",
            "   \"place\": where the second provider is, as in the configuration of the backups}"
        })
final class ExportCommand implements Callable<Integer> {
    private static final String ORDER = "order.json";
    private static final String LEASED = "progress.json";
    private static final Duration TELL = Duration.ofSeconds(5);

    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "where the bag goes")
    private Path folder = Path.of("");

    @Option(names = "--recipient", paramLabel = "age1…", description = "who is to read it; needed for a new order")
    private @Nullable String recipient;

    @Option(
            names = "--sensitivity",
            paramLabel = "CLASS",
            description = "the class of the export, ${COMPLETION-CANDIDATES}; refused when a field is above it;"
                    + " ${DEFAULT-VALUE}")
    private Sensitivity sensitivity = Sensitivity.SPECIAL;

    @Option(names = "--since", paramLabel = "POSITION", description = "only what comes after it; 0: everything")
    private long since;

    @Option(names = "--until", paramLabel = "POSITION", description = "the last one; 0: what is there when it begins")
    private long until;

    @Option(names = "--purpose", paramLabel = "TEXT", description = "for those who approve, and the access log")
    private String purpose = "portable export";

    @Option(
            names = "--valid",
            paramLabel = "HOURS",
            description = "how long a new order lasts, 168 at most; ${DEFAULT-VALUE}")
    private int valid = 24;

    @Option(
            names = "--exporter",
            paramLabel = "FILE",
            description = "configuration of the exporter; exporter.json beside that of --config when left out")
    private @Nullable Path exporter;

    @Option(names = "--range", paramLabel = "EVENTS", description = "events in a file; ${DEFAULT-VALUE}")
    private long range = 50_000;

    @Option(names = "--threads", paramLabel = "N", description = "files at once; ${DEFAULT-VALUE}")
    private int threads = 2;

    @Option(names = "--json", description = "the result as JSON, and no progress")
    private boolean json;

    @Override
    public Integer call() throws IOException, SQLException, PortableException, InterruptedException {
        if (since < 0 || until < 0 || range < 1 || threads < 1 || threads > 16 || valid < 1 || valid > 168) {
            throw new ParameterException(tool.commandLine(), "a number is outside its limits");
        }
        ExporterConfiguration configuration = ExporterConfiguration.read(exporterFile());
        if (Bag.isWhole(folder) && Files.notExists(folder.resolve(LEASED))) {
            throw new PortableException(Code.OTHER_ORDER, "the folder holds an export that is whole");
        }
        ExportOrder order = order();
        Instant begun = tool.clock().instant();
        try (HttpsCustodian custodian = configuration.custodian().open()) {
            Export.Result result = configuration
                    .export(custodian, range, threads, tool.clock(), new Progress(tool.out(), json, begun))
                    .run(folder);
            tell(result, Duration.between(begun, tool.clock().instant()));
            return result.lost() == 0 ? 0 : Failures.FOUND;
        } catch (PortableException e) {
            if (e.code() != Code.NOT_APPROVED) {
                throw e;
            }
            PrintWriter err = tool.commandLine().getErr();
            err.println("error: " + e.getMessage());
            err.println("HINT: until " + order.validUntil() + ": "
                    + (configuration.approve() == null
                            ? "custodian lease --client exporter --order " + folder.resolve(ORDER)
                                    + ", two times custodian approve"
                            : configuration
                                    .approve()
                                    .replace("ORDER", folder.resolve(ORDER).toString()))
                    + "; then the same command again");
            return Failures.NOT_APPROVED;
        }
    }

    private Path exporterFile() {
        return exporter != null ? exporter : tool.config().resolveSibling("exporter.json");
    }

    /** The one that stands in the folder, or a new one. */
    private ExportOrder order() throws IOException, PortableException {
        Path file = folder.resolve(ORDER);
        if (Files.exists(file)) {
            ExportOrder order = ExportOrder.parse(Files.readString(file));
            if (recipient != null && !order.recipient().equals(recipient)
                    || order.highest() != sensitivity
                    || order.since() != since
                    || order.until() != until) {
                throw new PortableException(
                        Code.OTHER_ORDER, "the folder holds an order for another recipient, class or range");
            }
            return order;
        }
        if (recipient == null) {
            throw new ParameterException(tool.commandLine(), "--recipient age1… is missing");
        }
        Age.requireRecipient(recipient);
        ExportedFields.requireWithin(sensitivity);
        try {
            ExportOrder order = ExportOrder.of(
                    recipient, sensitivity, since, until, purpose, tool.clock().instant(), Duration.ofHours(valid));
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (var inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new PortableException(Code.OTHER_ORDER, "the folder is not empty");
                }
            }
            Bag.write(folder, ORDER, order.text().getBytes(StandardCharsets.UTF_8));
            return order;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(tool.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void tell(Export.Result result, Duration took) {
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("path", result.folder().toString());
            all.put("order", result.order());
            all.put("sensitivity", result.sensitivity().name());
            all.put("since", result.from());
            all.put("until", result.until());
            all.put("events", result.events());
            all.put("shredded", result.shredded());
            all.put("lost", result.lost());
            all.put("accessLogRows", result.persons());
            all.put("seconds", took.toSeconds());
            tool.out().println(BackupApplication.json(all));
            return;
        }
        tool.out()
                .printf(
                        Locale.ROOT,
                        "exported %,d events (%,d shredded, %,d LOST) up to position %d, class %s, %,d access log rows, in %d s: %s%n",
                        result.events(),
                        result.shredded(),
                        result.lost(),
                        result.until(),
                        result.sensitivity(),
                        result.persons(),
                        took.toSeconds(),
                        result.folder());
    }

    private final class Progress implements Export.Steps {
        private final PrintWriter out;
        private final boolean quiet;
        private final Instant begun;
        private Instant told;

        Progress(PrintWriter out, boolean quiet, Instant begun) {
            this.out = out;
            this.quiet = quiet;
            this.begun = begun;
            this.told = begun;
        }

        @Override
        public synchronized void events(long done, long of) {
            Instant now = tool.clock().instant();
            if (quiet || Duration.between(told, now).compareTo(TELL) < 0) {
                return;
            }
            told = now;
            double rate = done / Math.max(1e-3, Duration.between(begun, now).toMillis() / 1e3);
            out.printf(Locale.ROOT, "  %,d of %,d events, %,.0f/s, about %d s to go%n", done, of, rate, (long)
                    ((of - done) / rate));
        }
    }
}
