package eu.diplomatics.backup;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The command line. Exit status 0 only when all is well; an error is one line, then {@code HINT:} with the next step. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        version = "diplomatics backup-tool 0.1.0",
        description = "Three daily generations of backup, each signed, sealed and verified.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CreateCommand.class,
            TailCommand.class,
            ListCommand.class,
            VerifyCommand.class,
            StatusCommand.class,
            KeysCommand.class,
            DrillCommand.class,
            CopyCommand.class,
            PlacesCommand.class,
            RestoreCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            ExportsCommand.class,
            AutoComplete.GenerateCompletion.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Exit status: 0 all is well, 1 something is not as it has to be, 2 wrong command line,",
            "3 wrong configuration, 69 something does not answer, 75 another backup runs.",
            "",
            "The configuration is a JSON file:",
            "  {\"place\": PLACE, \"copies\": {NAME: PLACE} (may be left out),",
            "   \"databases\": {\"eventstore\": {\"url\": JDBC, \"username\": ROLE, \"passwordFile\": FILE},",
            "                 \"accesslog\": …, \"registry\": …, \"keyring\": …},",
            "   \"custodian\": {\"endpoints\": [URL], \"sites\": N, \"keyStore\": FILE, \"trustStore\": FILE,",
            "                 \"passwordFile\": FILE},",
            "   \"manifestKey\": PEM-FILE, \"manifestKeys\": [BASE64], \"segmentMegabytes\": 32, \"watched\": DIR (for who watches),",
            "   \"environment\": {\"applications\": DIR, \"java\": JDK, \"configuration\": DIR, \"work\": DIR},",
            "   \"log\": {\"keys\": FILE of GET /v1/log/key, \"witnesses\": [KEY]} (for verify; may be left out),",
            "   \"exports\": {\"place\": PLACE, \"keys\": [BASE64]} (may be left out: for drills under another custodian)}"
        })
public final class BackupApplication {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final double MEGABYTE = 1 << 20;

    private final InstantSource clock;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description = "where it is told what to back up, and where to")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private BackupApplication(InstantSource clock) {
        this.clock = clock;
    }

    public static void main(String[] args) {
        // a file of this program's own name: what it stands beside on a class path has settings too
        System.setProperty("logback.configurationFile", "backup-logback.xml");
        System.exit(commandLine(InstantSource.system()).execute(args));
    }

    static CommandLine commandLine(InstantSource clock) {
        Failures failures = new Failures();
        CommandLine line = new CommandLine(new BackupApplication(clock));
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.footer(Stream.of(usage.footer(), PlaceConfiguration.HELP)
                .flatMap(Stream::of)
                .toArray(String[]::new));
        return line.setExecutionExceptionHandler(failures).setParameterExceptionHandler(failures);
    }

    /** What stands in a command until it is told whose it is. */
    static BackupApplication unset() {
        return new BackupApplication(InstantSource.system());
    }

    InstantSource clock() {
        return clock;
    }

    CommandLine commandLine() {
        return spec.commandLine();
    }

    PrintWriter out() {
        return commandLine().getOut();
    }

    BackupConfiguration configuration() {
        return BackupConfiguration.read(config());
    }

    Path config() {
        if (config == null) {
            throw new ParameterException(commandLine(), "--config FILE is missing");
        }
        return config;
    }

    static String json(Object value) {
        return JSON.writeValueAsString(value);
    }

    static double megabytes(long bytes) {
        return bytes / MEGABYTE;
    }
}
