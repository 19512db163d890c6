package eu.diplomatics.backup;

import eu.diplomatics.backup.importing.Import;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "takes a whole export over into an empty registry, under its own keys and custodian",
            "",
            "References, positions and leaves stay what they were, so that receipts go on to hold. Its databases are migrated",
            "and empty, its services do not run yet. Killed, the same command goes on."
        },
        footer = {
            "",
            "The target is a JSON file:",
            "  {\"databases\": {\"eventstore\": {\"url\": JDBC, \"username\": \"es_importer\", \"passwordFile\": FILE},",
            "                 \"keyring\": … as \"kr_registry\", \"rekeyer\": … the same database as \"kr_rekeyer\"},",
            "   \"custodian\": {\"endpoints\": [URL], \"sites\": N, \"keyStore\": FILE of the registry, \"trustStore\": FILE,",
            "                 \"passwordFile\": FILE},",
            "   \"exportKeys\": [BASE64 of the public keys that exports are signed by]}"
        })
final class ImportCommand implements Callable<Integer> {
    private static final Duration TELL = Duration.ofSeconds(5);

    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = "--from", required = true, paramLabel = "BAG", description = "the folder of the export")
    private Path folder = Path.of("");

    @Option(
            names = "--identity",
            required = true,
            paramLabel = "FILE",
            description = "the recipient's age identity, as age-keygen writes it")
    private Path identity = Path.of("");

    @Option(names = "--target", required = true, paramLabel = "FILE", description = "configuration of the registry")
    private Path target = Path.of("");

    @Option(names = "--json", description = "the result as JSON, and no progress")
    private boolean json;

    private Instant told = Instant.EPOCH;

    @Override
    public Integer call() throws IOException, SQLException, PortableException {
        ImportTargetConfiguration configuration = ImportTargetConfiguration.read(target);
        String secret = IdentityFile.read(identity);
        Instant begun = tool.clock().instant();
        try (HttpsCustodian custodian = configuration.custodian().open()) {
            Import.Result result = new Import(
                            configuration.target(custodian), tool.clock(), Import.BATCH, (done, of) -> {
                                Instant now = tool.clock().instant();
                                if (!json && Duration.between(told, now).compareTo(TELL) > 0) {
                                    told = now;
                                    tool.out().printf(Locale.ROOT, "  %,d of %,d events%n", done, of);
                                }
                            })
                    .run(folder, configuration.believed(), secret);
            tell(result, Duration.between(begun, tool.clock().instant()));
            return result.lost() == 0 ? 0 : Failures.FOUND;
        }
    }

    private void tell(Import.Result result, Duration took) {
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("events", result.events());
            all.put("root", result.root());
            all.put("resumedAt", result.resumedAt());
            all.put("shredded", result.shredded());
            all.put("lost", result.lost());
            all.put("seconds", took.toSeconds());
            tool.out().println(BackupApplication.json(all));
        } else {
            tool.out()
                    .printf(
                            Locale.ROOT,
                            "imported %,d events (%,d shredded, %,d LOST) in %d s; counts and root as in the bag: %s%n",
                            result.events(),
                            result.shredded(),
                            result.lost(),
                            took.toSeconds(),
                            result.root());
        }
    }
}
