package eu.diplomatics.backup.bundle;

import eu.diplomatics.backup.generation.EnvironmentReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder that a generation is unpacked into and started in, by the Java and the programs that it brought itself: nothing of
 * this machine but its kernel and C library is needed.
 */
public final class RestoredPlace {
    private static final String MARK = "generation";
    private static final String UNPACKED = "unpacked";
    private static final String LAUNCHER = "eu.diplomatics.quickstart.QuickstartApplication";
    private static final String LAUNCHER_JARS = "app/quickstart";

    private static final Set<String> INHERITED = Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR");

    private final Path folder;

    public RestoredPlace(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * @param day of the generation
     * @param place in which the generation lies, as the configuration names it
     * @param portBase the first of eleven ports
     * @param check whether all is stopped again when the smoke queries were answered
     * @param sample what is asked beside them
     */
    public record Start(String day, String place, int portBase, boolean check, Optional<Path> sample) {
        public Start(String day, String place, int portBase, boolean check) {
            this(day, place, portBase, check, Optional.empty());
        }

        /** With a sample. */
        public Start asking(Path file) {
            return new Start(day, place, portBase, check, Optional.of(file.toAbsolutePath()));
        }
    }

    /**
     * Unpacks, starts, loads, asks; returns when what was started has ended.
     *
     * @param configuration of this tool
     * @param certificates which no generation holds
     * @return 0 when all was as it had to be
     * @throws BundleException when the folder holds something else, or the generation has no environment
     */
    public int restore(
            EnvironmentReader environment, Path configuration, Path certificates, Start start, Consumer<String> say)
            throws IOException {
        unpack(environment, say);
        List<String> arguments = new ArrayList<>(List.of(
                "restored",
                "--backup-config",
                configuration.toAbsolutePath().toString(),
                "--certificates",
                certificates.toAbsolutePath().toString(),
                "--day",
                start.day(),
                "--place",
                start.place(),
                "--port-base",
                Integer.toString(start.portBase())));
        if (start.check()) {
            arguments.add("--check");
        }
        start.sample().ifPresent(file -> arguments.addAll(List.of("--sample", file.toString())));
        return run(arguments, say);
    }

    /**
     * Unpacks, makes a custodian and an empty registry of its own, takes an export over, starts, asks; stops again.
     *
     * @param bag the export
     * @param identity file with the recipient's age identity
     * @param exportKeys public keys of who may have signed it, base64
     * @param sample what is asked beside the smoke queries
     * @return 0 when all was as it had to be
     */
    public int takeOver(
            EnvironmentReader environment,
            Path bag,
            Path identity,
            List<String> exportKeys,
            Path sample,
            int portBase,
            Consumer<String> say)
            throws IOException {
        unpack(environment, say);
        return run(
                List.of(
                        "taken-over",
                        "--bag",
                        bag.toAbsolutePath().toString(),
                        "--identity",
                        identity.toAbsolutePath().toString(),
                        "--export-keys",
                        String.join(",", exportKeys),
                        "--sample",
                        sample.toAbsolutePath().toString(),
                        "--port-base",
                        Integer.toString(portBase),
                        "--check"),
                say);
    }

    /**
     * Unpacks, makes a custodian and an empty registry of its own, registers, asks; stops again.
     *
     * @return 0 when all was as it had to be
     */
    public int beginAnew(EnvironmentReader environment, int portBase, Consumer<String> say) throws IOException {
        unpack(environment, say);
        return run(List.of("anew", "--port-base", Integer.toString(portBase), "--check"), say);
    }

    private void unpack(EnvironmentReader environment, Consumer<String> say) throws IOException {
        if (environment.files().stream().noneMatch(file -> file.path().startsWith(LAUNCHER_JARS + "/"))) {
            throw new BundleException(
                    "the generation has no environment: it is data alone", "restore it with --target, into databases");
        }
        Path mark = folder.resolve(MARK);
        if (Files.isDirectory(folder) && !isEmpty()) {
            if (!Files.exists(mark) || !Files.readString(mark).equals(environment.manifestHash())) {
                throw new BundleException(
                        folder + " is not empty, and not of this generation", "give a folder that is not there yet");
            }
        } else {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(mark, environment.manifestHash());
        }
        if (Files.exists(folder.resolve(UNPACKED))) {
            return;
        }
        long begun = System.nanoTime();
        environment.unpack(folder);
        Files.writeString(folder.resolve(UNPACKED), environment.manifestHash());
        say.accept("unpacked " + environment.files().size() + " files in " + (System.nanoTime() - begun) / 1_000_000_000
                + " s");
    }

    private boolean isEmpty() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findAny().isEmpty();
        }
    }

    private int run(List<String> arguments, Consumer<String> say) throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(
                folder.resolve("jre/bin/java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:-HeapDumpOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-Ddiplomatics.home=" + folder,
                "-Ddiplomatics.process=launcher",
                "-Dlogback.configurationFile=quickstart-logback.xml",
                "-Daxoniq.update-checker.disabled=true",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                folder.resolve(LAUNCHER_JARS) + "/*",
                LAUNCHER));
        command.add(arguments.getFirst());
        command.addAll(List.of("--home", folder.toString()));
        command.addAll(arguments.subList(1, arguments.size()));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        // of the registry that was, nothing but what the command line names
        builder.environment().keySet().removeIf(name -> !INHERITED.contains(name));
        Process process = builder.start();
        Thread ending = new Thread(() -> end(process), "stop");
        Runtime.getRuntime().addShutdownHook(ending);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            process.getOutputStream().close();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                say.accept(line);
            }
            int status = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(ending);
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(process);
            return 1;
        }
    }

    /** What was started ends before this does. */
    private static void end(Process process) {
        process.destroy();
        process.onExit().join();
    }
}
