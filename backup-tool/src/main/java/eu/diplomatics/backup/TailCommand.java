package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.tail.FollowGeneration;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailStore;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeysUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "adds to the newest generation what came since; to be called each minute")
final class TailCommand implements Callable<Integer> {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = "--follow", description = "goes on, once a minute; a failure is told, and tried again")
    private boolean follow;

    @Override
    public Integer call() throws IOException, SQLException {
        if (!follow) {
            once();
            return 0;
        }
        while (!Thread.currentThread().isInterrupted()) {
            Instant next = tool.clock().instant().plus(MINUTE);
            try {
                once();
            } catch (IOException | SQLException | KeysUnavailableException e) {
                new Failures()
                        .handleExecutionException(
                                e, tool.commandLine(), tool.commandLine().getParseResult());
            }
            Duration left = Duration.between(tool.clock().instant(), next);
            LockSupport.parkNanos(Math.max(0, left.toNanos()));
        }
        return 0;
    }

    private void once() throws IOException, SQLException {
        BackupConfiguration configuration = tool.configuration();
        Instant begun = tool.clock().instant();
        try (HttpsCustodian custodian = configuration.openCustodian()) {
            TailManifest made = new FollowGeneration(
                            new TailStore(configuration.store()),
                            configuration.sources(),
                            custodian,
                            tool.clock(),
                            new FollowGeneration.Settings(configuration.segmentBytes(), "backup-tool 0.1.0"))
                    .follow();
            PrintWriter out = tool.out();
            out.printf(
                    Locale.ROOT,
                    "tail %d of generation %s: up to event %,d, %,.1f MB, in %.1f s%n",
                    made.number(),
                    made.generation(),
                    made.log().position(),
                    BackupApplication.megabytes(made.bytes()),
                    Duration.between(begun, tool.clock().instant()).toMillis() / 1000.0);
            out.flush();
            Watched.ended(
                    tool,
                    configuration,
                    Run.TAIL,
                    made.generation(),
                    begun,
                    made.takenAt(),
                    made.bytes(),
                    made.log().position());
        }
    }
}
