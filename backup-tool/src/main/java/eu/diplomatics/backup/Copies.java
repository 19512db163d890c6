package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.CopyGenerations;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.place.PlaceRecord;
import eu.diplomatics.backup.source.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Brings the other places to what the first one holds. */
final class Copies {
    private Copies() {}

    /** The exit status: one that fails is told, and keeps none of the others from it. */
    static int bring(BackupApplication tool, BackupConfiguration configuration) throws IOException {
        DataSource eventstore = Objects.requireNonNull(configuration.sources().get(SourceDatabase.EVENTSTORE));
        PrintWriter out = tool.out();
        int status = 0;
        for (String name : configuration.copyNames()) {
            try (GenerationStore first = configuration.store();
                    GenerationStore copy = configuration.store(name)) {
                PlaceRecord.ensure(copy.place(), tool.clock().instant());
                CopyGenerations.Copied copied = new CopyGenerations(first, copy, tool.clock()).bring(eventstore);
                out.printf(
                        Locale.ROOT,
                        "copy %s: %s, %,d objects, %,.1f MB%n",
                        name,
                        copied.generations().isEmpty()
                                ? "no new generation"
                                : copied.generations().stream()
                                        .map(id -> id + " verified")
                                        .collect(Collectors.joining(", ")),
                        copied.objects(),
                        BackupApplication.megabytes(copied.bytes()));
            } catch (IOException | SQLException e) {
                tool.commandLine().getErr().println("copy " + name + " is not what the first place is:");
                new Failures().explain(e, tool.commandLine().getErr());
                status = Failures.FOUND;
            }
        }
        return status;
    }
}
