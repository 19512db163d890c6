package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.CreateGeneration;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.generation.VerifyGeneration;
import eu.diplomatics.backup.place.PlaceRecord;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = "makes, verifies and names the generation of today (UTC)")
final class CreateCommand implements Callable<Integer> {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Override
    public Integer call() throws IOException, SQLException {
        BackupConfiguration configuration = tool.configuration();
        PrintWriter out = tool.out();
        Told told = new Told(out);
        Instant begun = tool.clock().instant();
        GenerationStore store = configuration.store();
        PlaceRecord.ensure(store.place(), begun);
        try (HttpsCustodian custodian = configuration.openCustodian()) {
            Manifest made = new CreateGeneration(
                            store,
                            configuration.sources(),
                            custodian,
                            tool.clock(),
                            new CreateGeneration.Settings(
                                    configuration.segmentBytes(),
                                    "backup-tool 0.1.0",
                                    configuration.environmentFiles()),
                            told)
                    .create();
            Duration took = Duration.between(begun, tool.clock().instant());
            out.printf(
                    Locale.ROOT,
                    "generation %s: %,d events, %,.1f MB, verified, in %d s%n",
                    made.id(),
                    made.log().position(),
                    BackupApplication.megabytes(made.bytes()),
                    took.toSeconds());
            Watched.ended(
                    tool,
                    configuration,
                    Run.CREATE,
                    made.id(),
                    begun,
                    tool.clock().instant(),
                    made.bytes(),
                    made.log().position());
            // it counts already: what keeps a copy from being made takes nothing away from it
            int copies = Copies.bring(tool, configuration);
            return told.found ? Failures.FOUND : copies;
        }
    }

    private static final class Told implements CreateGeneration.Progress {
        private final PrintWriter out;
        private boolean found;

        Told(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void copied(String table, long rows, long bytes) {
            out.printf(Locale.ROOT, "  %-34s %,12d rows %,10.1f MB%n", table, rows, BackupApplication.megabytes(bytes));
        }

        @Override
        public void found(VerifyGeneration.Finding finding) {
            found = true;
            out.println("FINDING " + finding);
        }
    }
}
