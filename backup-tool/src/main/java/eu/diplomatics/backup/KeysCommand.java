package eu.diplomatics.backup;

import eu.diplomatics.backup.export.ExportDue;
import eu.diplomatics.backup.export.ExportRegister;
import eu.diplomatics.backup.export.ExportsAudit;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.KeysAudit;
import eu.diplomatics.backup.generation.KeysAudit.Finding;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.tail.TailStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "audit",
        description = "under which keys the generations stand")
final class KeysCommand {
    private static final String NO_EXPORTER = ": the exporter's configuration cannot be read here (--exporter FILE)";

    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Command(
            name = "audit",
            mixinStandardHelpOptions = true,
            description = {
                "whether in any place a generation or tail stands under a key that is over, or something lies there that nobody"
                        + " accounts for; whether the keys of those that went have gone; and whether an export at the second"
                        + " provider holds what had to go. Nothing is decrypted",
                "status 0 when nothing is found; it tells what it did not look at"
            })
    int audit(
            @Option(names = "--json", description = "as JSON") boolean json,
            @Option(
                            names = "--place",
                            paramLabel = "NAME",
                            description = "of this place alone: "
                                    + BackupConfiguration.FIRST
                                    + " or the name of a copy; of all, and of the exports, when left out")
                    Optional<String> only,
            @Option(
                            names = "--exporter",
                            paramLabel = "FILE",
                            description =
                                    "configuration of the exporter; exporter.json beside that of --config when left out")
                    @Nullable
                    Path exporter)
            throws IOException, SQLException, PortableException {
        BackupConfiguration configuration = tool.configuration();
        List<String> names = new ArrayList<>(only.map(List::of).orElse(List.of(BackupConfiguration.FIRST)));
        if (only.isEmpty()) {
            names.addAll(configuration.copyNames());
        }
        Map<String, KeysAudit.Report> places = new LinkedHashMap<>();
        boolean failed = false;
        for (String name : names) {
            try (GenerationStore store = configuration.store(name)) {
                TailStore tails = new TailStore(store);
                places.put(name, new KeysAudit(store, tails::keys, configuration.sources(), tool.clock()).report());
            } catch (IOException e) {
                tool.commandLine().getErr().println("place " + name + " is not known:");
                new Failures().explain(e, tool.commandLine().getErr());
                failed = true;
            }
        }
        Optional<ExportsAudit.Report> exports = only.isPresent() ? Optional.empty() : exports(configuration, exporter);
        boolean found = places.values().stream()
                        .anyMatch(report -> !report.findings().isEmpty())
                || exports.filter(report -> !report.findings().isEmpty()).isPresent();
        if (json) {
            tool.out().println(BackupApplication.json(members(places, exports)));
        } else {
            places.forEach(this::tell);
            exports.ifPresent(this::tell);
            if (exports.isEmpty()) {
                tool.out().println("not looked at: exports" + (only.isPresent() ? "" : NO_EXPORTER));
            }
            tool.out().println(found ? "FINDINGS" : failed ? "NOT ALL WAS LOOKED AT" : "OK");
        }
        return found || failed ? Failures.FOUND : 0;
    }

    /** Empty where this is not the exporter's machine, or user, and nobody named its configuration. */
    private Optional<ExportsAudit.Report> exports(BackupConfiguration backup, @Nullable Path named)
            throws IOException, SQLException, PortableException {
        Path file = named != null ? named : tool.config().resolveSibling("exporter.json");
        if (named == null && !Files.isReadable(file)) {
            return Optional.empty();
        }
        ExporterConfiguration configuration = ExporterConfiguration.read(file);
        if (named == null && configuration.place() == null) {
            return Optional.empty();
        }
        try (Place place = configuration.openPlace()) {
            ExportRegister register = new ExportRegister(place, configuration.signingKey(), configuration.publicKey());
            // headers of the log are no secret to a backup
            ExportDue due =
                    new ExportDue(Objects.requireNonNull(backup.sources().get(SourceDatabase.EVENTSTORE)));
            return Optional.of(
                    new ExportsAudit(place, register, due).report(tool.clock().instant()));
        }
    }

    private Map<String, Object> members(Map<String, KeysAudit.Report> places, Optional<ExportsAudit.Report> exports) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("checkedAt", tool.clock().instant().toString());
        all.put("places", places);
        exports.ifPresent(report -> {
            List<Map<String, Object>> there = new ArrayList<>();
            for (ExportDue.Due each : report.verdict().exports()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("id", each.export().id());
                one.put("until", each.export().until());
                one.put("state", each.state().name());
                if (each.dueAt() != null) {
                    one.put("dueAt", each.dueAt().toString());
                }
                there.add(one);
            }
            all.put("exports", Map.of("there", there, "findings", report.findings()));
        });
        all.put("notLookedAt", exports.isPresent() ? List.of() : List.of("exports"));
        return all;
    }

    private void tell(String place, KeysAudit.Report report) {
        PrintWriter out = tool.out();
        report.generations()
                .forEach(each -> out.printf(
                        Locale.ROOT,
                        "%s: %-14s %-9s events by data keys: %s; %d tails: %s; under %s%n",
                        place,
                        each.id(),
                        each.state(),
                        pairs(each.keyVersions()),
                        each.tails(),
                        each.tailKeyVersions().isEmpty() ? "no events" : pairs(each.tailKeyVersions()),
                        pairs(each.epochKeys())));
        if (place.equals(BackupConfiguration.FIRST)) {
            report.gone()
                    .forEach(key -> out.printf(
                            "%-14s gone      %s at %s: %s%n",
                            key.label(),
                            key.destroyedAt() == null ? "key is there" : "key destroyed",
                            key.custodian(),
                            key.destroyedAt() == null
                                    ? Objects.requireNonNullElse(key.answer(), "not asked")
                                    : key.destroyedAt() + ", receipt " + key.receipt()));
        }
        tell(place + " ", report.findings());
    }

    private void tell(ExportsAudit.Report report) {
        report.verdict()
                .exports()
                .forEach(each -> tool.out()
                        .printf(
                                Locale.ROOT,
                                "export %s up to position %,d: %s%s%n",
                                each.export().id(),
                                each.export().until(),
                                each.state(),
                                each.dueAt() == null ? "" : " by " + each.dueAt()));
        tell("", report.findings());
    }

    private void tell(String where, List<Finding> findings) {
        findings.forEach(finding -> tool.out()
                .println("FINDING " + where + finding.code() + " " + finding.object() + ": " + finding.why()));
    }

    private static String pairs(Map<String, ?> map) {
        return map.isEmpty()
                ? "unknown"
                : map.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .sorted()
                        .collect(Collectors.joining(", "));
    }
}
