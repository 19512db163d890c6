package eu.diplomatics.backup;

import eu.diplomatics.backup.bundle.BundleException;
import eu.diplomatics.backup.bundle.RestoredPlace;
import eu.diplomatics.backup.generation.Drill;
import eu.diplomatics.backup.generation.DrillReport.Answer;
import eu.diplomatics.backup.generation.DrillReport.Check;
import eu.diplomatics.backup.generation.DrillReport.Handover;
import eu.diplomatics.backup.generation.DrillReport.Phase;
import eu.diplomatics.backup.generation.DrillReport.Sample;
import eu.diplomatics.backup.generation.DrillReport.Tool;
import eu.diplomatics.backup.generation.EnvironmentReader;
import eu.diplomatics.backup.generation.GenerationId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Brings a generation back in a folder and gathers what those who were started there found. */
final class Rehearsal {
    private static final String ELSEWHERE = "under another custodian: ";
    private static final String REPORT = "restored.json";
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final BackupConfiguration configuration;
    private final Path file;
    private final Path certificates;
    private final RestoredPlace.Start start;
    private final Consumer<String> say;
    private final List<Phase> phases = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<Tool> tools = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private final List<Handover> handover = new ArrayList<>();
    private final List<String> deviations = new ArrayList<>();

    /**
     * @param file in which the configuration stands
     * @param say told what those who were started say
     */
    Rehearsal(
            BackupConfiguration configuration,
            Path file,
            Path certificates,
            RestoredPlace.Start start,
            Consumer<String> say) {
        this.configuration = configuration;
        this.file = file;
        this.certificates = certificates;
        this.start = start;
        this.say = say;
    }

    Drill.Came came() {
        return new Drill.Came(phases, checks, tools, samples, handover, deviations);
    }

    /** With the custodian that there is. */
    void restored(EnvironmentReader environment, GenerationId id, Path folder) throws IOException {
        checks.add(occupied(environment, id));
        handover.add(new Handover("certificates of registry and query", "the operator: no generation holds them"));
        deviations.add("custodian and certificates are those that the registry works with");
        int status = new RestoredPlace(folder).restore(environment, file, certificates, start, say);
        checks.add(new Check(
                "restored by what the generation brought, and its services answer", status == 0, "status " + status));
        gather(folder, "");
    }

    /** An export and what is needed to go on from it. */
    record Exported(Path bag, Path identity, List<String> keys, Path sample) {}

    /** Under another custodian, from an export. */
    void takenOver(EnvironmentReader environment, Exported from, Path folder) throws IOException {
        handover.add(new Handover("age identity of the export's recipient", "who receives: nobody here has it"));
        handover.add(new Handover("key that signs exports, public half", "the configuration of this tool"));
        handover.add(new Handover(
                "keys of the other custodian, certificates, passwords of databases",
                "made for this drill, gone with its folder"));
        OtherReaders readers = new OtherReaders(from.bag(), from.identity());
        readers.look();
        tools.addAll(readers.tools());
        readers.missing().forEach(name -> deviations.add("not installed on this machine, so not asked: " + name));
        checks.add(new Check(
                "programs that know nothing of ours read the export",
                readers.tools().stream().allMatch(Tool::passed),
                readers.tools().stream().map(Tool::program).collect(Collectors.joining(", "))));
        int status = new RestoredPlace(folder)
                .takeOver(environment, from.bag(), from.identity(), from.keys(), from.sample(), start.portBase(), say);
        checks.add(new Check(
                ELSEWHERE + "the export goes on, its root as it was, and the services answer",
                status == 0,
                "status " + status));
        gather(folder, ELSEWHERE);
    }

    /** Without any of its data: do its programs still start? */
    void begun(EnvironmentReader environment, Path folder) throws IOException {
        deviations.add("no data and no keys of the registry are used: records that are nobody's stand in for them");
        int status = new RestoredPlace(folder).beginAnew(environment, start.portBase(), say);
        checks.add(new Check(
                "what the generation brought starts on this machine, registers and answers",
                status == 0,
                "status " + status));
        gather(folder, "");
    }

    /** Whether what was backed up is out of reach, as it would be. */
    void primary() {
        long answering = configuration.databases().values().stream()
                .map(BackupConfiguration.Login::url)
                .distinct()
                .filter(Rehearsal::answers)
                .count();
        if (answering > 0) {
            deviations.add("the registry that was backed up ran meanwhile: its databases could be reached from here,"
                    + " and were not asked");
        } else {
            checks.add(new Check("nothing of the registry that was backed up answers", true, "as if it were lost"));
        }
    }

    private static boolean answers(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        for (int i = 0; i < source.getServerNames().length; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(source.getServerNames()[i], source.getPortNumbers()[i]),
                        Math.toIntExact(PATIENCE.toMillis()));
                return true;
            } catch (IOException e) {
                // as it has to be
            }
        }
        return false;
    }

    /** @param where before each name */
    private void gather(Path folder, String where) throws IOException {
        JsonNode found;
        try {
            found = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve(REPORT)));
        } catch (NoSuchFileException e) {
            checks.add(new Check(where + "what came back told what it found", false, "no " + REPORT));
            return;
        }
        found.path("phases")
                .propertyStream()
                .forEach(phase -> phases.add(
                        new Phase(where + phase.getKey(), phase.getValue().asLong())));
        found.path("checks")
                .valueStream()
                .forEach(check -> checks.add(new Check(
                        where + check.path("name").asString(""),
                        check.path("passed").asBoolean(false),
                        check.path("found").asString(""))));
        found.path("samples")
                .valueStream()
                .forEach(sample -> samples.add(new Sample(
                        where + sample.path("of").asString(""),
                        sample.path("source").asString(""),
                        sample.path("answers")
                                .valueStream()
                                .map(answer -> new Answer(
                                        answer.path("source").asString(""),
                                        answer.path("answered").asString("")))
                                .toList(),
                        sample.path("later").asLong())));
    }

    /** Nothing is restored over what is there. */
    private Check occupied(EnvironmentReader environment, GenerationId id) throws IOException {
        String name = "a folder that is not empty is refused";
        Path occupied = Files.createTempDirectory("occupied");
        try {
            Files.writeString(occupied.resolve("somebody"), "else");
            int status = new RestoredPlace(occupied).restore(environment, file, certificates, start, say);
            return new Check(name, false, "status " + status + " for " + id);
        } catch (BundleException e) {
            return new Check(name, true, "refused");
        } finally {
            forget(occupied);
        }
    }

    static void forget(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
