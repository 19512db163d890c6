package eu.diplomatics.backup;

import eu.diplomatics.backup.export.ExportDue;
import eu.diplomatics.backup.export.ExportRegister;
import eu.diplomatics.backup.export.ExportRegister.Entry;
import eu.diplomatics.backup.export.PublishExport;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.portable.PortableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;

@Command(
        name = "exports",
        mixinStandardHelpOptions = true,
        description = {
            "the exports at the second provider: what lies there, what was removed, and when a new one is due",
            "",
            "The place stands in the exporter's configuration, as \"place\" does in that of the backups."
        },
        synopsisSubcommandLabel = "COMMAND")
final class ExportsCommand {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(
            names = "--exporter",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "configuration of the exporter; exporter.json beside that of --config when left out")
    private @Nullable Path exporter;

    private ExporterConfiguration configuration() {
        return ExporterConfiguration.read(
                exporter != null ? exporter : tool.config().resolveSibling("exporter.json"));
    }

    @Command(
            name = "publish",
            description = "brings a bag there, reads it back, and removes the exports that it takes the place of")
    int publish(
            @Option(names = "--bag", required = true, paramLabel = "DIR", description = "of backup export") Path bag)
            throws IOException, PortableException {
        ExporterConfiguration configuration = configuration();
        try (Place place = configuration.openPlace()) {
            PublishExport.Published published = new PublishExport(
                            place, register(configuration, place), configuration.publicKey(), tool.clock())
                    .publish(bag);
            tool.out()
                    .printf(
                            "export %s up to position %d is at %s, every byte read back%n",
                            published.entry().id(), published.entry().until(), place.name());
            for (Entry entry : published.removed()) {
                tool.out().printf("removed: export %s, %d objects%n", entry.id(), entry.removedObjects());
                tool.out()
                        .printf(
                                "HINT: the recipient %s destroys its identity now; then file it: backup exports"
                                        + " identity-destroyed --export %s --by WHO%n",
                                entry.recipient(), entry.id());
            }
            return 0;
        }
    }

    private static ExportRegister register(ExporterConfiguration configuration, Place place) {
        return new ExportRegister(place, configuration.signingKey(), configuration.publicKey());
    }

    @Command(name = "list", description = "the exports there are and were, the oldest first")
    int list(@Option(names = "--json", description = "as JSON") boolean json) throws IOException, PortableException {
        ExporterConfiguration configuration = configuration();
        try (Place place = configuration.openPlace()) {
            List<Entry> entries = register(configuration, place).entries();
            if (json) {
                tool.out().println(BackupApplication.json(entries));
            } else {
                for (Entry entry : entries) {
                    tool.out()
                            .printf(
                                    Locale.ROOT,
                                    "%s  %,d to %,d  verified %s  %s%n",
                                    entry.id(),
                                    entry.since() + 1,
                                    entry.until(),
                                    entry.verifiedAt(),
                                    entry.removedAt() == null
                                            ? "there"
                                            : "removed " + entry.removedAt() + ", " + entry.removedObjects()
                                                    + " objects, identity "
                                                    + (entry.identityDestroyedAt() == null
                                                            ? "not destroyed, as far as is filed"
                                                            : "destroyed " + entry.identityDestroyedAt() + ", says "
                                                                    + entry.identityDestroyedBy()));
                }
            }
            return 0;
        }
    }

    @Command(
            name = "identity-destroyed",
            description = "files that the recipient of an export that was removed has destroyed what opened it")
    int identityDestroyed(
            @Option(names = "--export", required = true, paramLabel = "ID", description = "as list tells it") String id,
            @Option(names = "--by", required = true, paramLabel = "WHO", description = "who says so") String by)
            throws IOException, PortableException {
        if (!by.matches("[A-Za-z0-9 .,:;()@/-]{1,120}")) {
            throw new ParameterException(
                    tool.commandLine(), "--by has 1 to 120 letters, digits, spaces and . , : ; ( ) @ / -");
        }
        ExporterConfiguration configuration = configuration();
        try (Place place = configuration.openPlace()) {
            Entry filed = register(configuration, place)
                    .fileDestroyedIdentity(id, tool.clock().instant(), by);
            tool.out()
                    .printf(
                            "filed: the identity of export %s is no more since %s, says %s%n",
                            filed.id(), filed.identityDestroyedAt(), filed.identityDestroyedBy());
            return 0;
        }
    }

    @Command(
            name = "status",
            description = {
                "which exports a new one has to take the place of, and by when: 72 hours after a shredding or the end of a"
                        + " key; and of which that went the identity is to be destroyed, 72 hours after their removal",
                "status 0 when nothing of that is over"
            })
    int status(@Option(names = "--json", description = "as JSON") boolean json)
            throws IOException, SQLException, PortableException {
        ExporterConfiguration configuration = configuration();
        try (Place place = configuration.openPlace()) {
            ExportDue.Verdict verdict = new ExportDue(configuration.store())
                    .of(register(configuration, place).entries(), tool.clock().instant());
            if (json) {
                tool.out().println(BackupApplication.json(members(verdict)));
            } else {
                tell(verdict);
            }
            return verdict.isInTime() ? 0 : Failures.FOUND;
        }
    }

    private static Map<String, Object> members(ExportDue.Verdict verdict) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("state", verdict.state().name());
        put(all, "dueAt", verdict.dueAt());
        List<Map<String, Object>> exports = new ArrayList<>();
        for (ExportDue.Due due : verdict.exports()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", due.export().id());
            one.put("since", due.export().since());
            one.put("until", due.export().until());
            one.put("state", due.state().name());
            put(one, "dueAt", due.dueAt());
            exports.add(one);
        }
        all.put("exports", exports);
        all.put(
                "identities",
                verdict.identities().stream()
                        .map(each -> Map.of(
                                "export",
                                each.export().id(),
                                "recipient",
                                each.export().recipient(),
                                "dueAt",
                                each.dueAt().toString(),
                                "overdue",
                                each.overdue()))
                        .toList());
        return all;
    }

    private static void put(Map<String, Object> members, String name, @Nullable Instant at) {
        if (at != null) {
            members.put(name, at.toString());
        }
    }

    private void tell(ExportDue.Verdict verdict) {
        PrintWriter out = tool.out();
        out.println(verdict.state() + (verdict.dueAt() == null ? "" : " by " + verdict.dueAt()));
        for (ExportDue.Due due : verdict.exports()) {
            out.printf(
                    Locale.ROOT,
                    "%s  %,d to %,d  %s%n",
                    due.export().id(),
                    due.export().since() + 1,
                    due.export().until(),
                    due.state() + (due.dueAt() == null ? "" : " by " + due.dueAt()));
        }
        for (ExportDue.Identity identity : verdict.identities()) {
            out.printf(
                    "%s  was removed; its identity is to be destroyed by %s%s%n",
                    identity.export().id(), identity.dueAt(), identity.overdue() ? ": OVERDUE" : "");
        }
    }
}
