package eu.diplomatics.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.demo.Demo;
import eu.diplomatics.quickstart.keys.KeysCommand;
import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.sample.FollowUp;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.CustodianSite;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.ProcessTable;
import eu.diplomatics.quickstart.stack.RunState;
import eu.diplomatics.quickstart.stack.Shutdown;
import eu.diplomatics.quickstart.stack.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code ./dev} does, with the real processes and callers that name themselves: up, status, demo, load, crash, up again, down. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class QuickstartIT {
    private static final List<String> MODULES =
            List.of("quickstart", "key-custodian", "registry-service", "query-service");
    private static final int RECORDS = 60;
    private static final int PORTS = 11;

    private static Layout layout = new Layout(Path.of("unset"));
    private static Addresses addresses = new Addresses(Addresses.DEFAULT_BASE);
    private static final Set<String> OUTBOUND = new TreeSet<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        layout = new Layout(directory.resolve("state"));
        Path project = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
        for (String module : MODULES) {
            Path application = layout.home().resolve("app").resolve(module);
            Files.createDirectories(application);
            try (Stream<Path> jars = Files.list(project.resolve(module).resolve("target/dist"))) {
                for (Path jar : jars.toList()) {
                    Files.createSymbolicLink(application.resolve(jar.getFileName()), jar);
                }
            }
        }
        addresses = freeAddresses();
        launch();
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        new Shutdown(layout).run(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }

    @Test
    @Order(1)
    void everything_is_ready_and_the_sample_data_are_projected() throws IOException {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Status status = Status.of(layout);
            assertThat(status.state()).isEqualTo(Status.State.READY);
            assertThat(status.head().orElse(0)).isGreaterThanOrEqualTo(RECORDS);
            assertThat(status.projected()).isEqualTo(status.head());
        });
        for (String module : MODULES) {
            assertThat(librariesTwice(module)).isEmpty();
        }
    }

    @Test
    @Order(2)
    void the_walk_through_the_main_job_gets_the_answers_it_expects() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean asExpected = new Demo(
                        Callers.said(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        addresses.registryUrl(),
                        addresses.queryUrl())
                .run();
        assertThat(asExpected).as(out.toString(StandardCharsets.UTF_8)).isTrue();
    }

    @Test
    @Order(2)
    void what_it_printed_to_try_can_be_pasted_and_no_token_is_asked_for() throws Exception {
        List<String> printed = ReadyCommands.in(Files.readString(launcherLog()));
        assertThat(printed).hasSize(2).allMatch(command -> command.contains("-H 'X-Caller: "));
        assertThat(ReadyCommands.paste(layout.home(), printed.getFirst())).contains("\"FOUND\"");
        assertThat(ReadyCommands.paste(layout.home(), printed.getLast())).contains("\"signature\"");
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThatThrownBy(() ->
                        new TokenCommand(layout, new RunState(layout).addresses(), out).run(List.of("agency:vdab"), ""))
                .hasMessageContaining("-H 'X-Caller: ROLE:ID'");
    }

    @Test
    @Order(3)
    void loading_the_same_records_again_adds_no_event() throws Exception {
        long seed = LongStream.iterate(2, candidate -> candidate + 1)
                .filter(QuickstartIT::reinstatesSomething)
                .findFirst()
                .orElseThrow();
        assertThat(load(seed).accepted()).isEqualTo(RECORDS);
        long head = Status.of(layout).head().orElseThrow();

        Loader.Summary again = load(seed);

        assertThat(again.rows()).isEqualTo(RECORDS);
        assertThat(again.rejected()).isZero();
        assertThat(Status.of(layout).head()).hasValue(head);
    }

    private static Loader.Summary load(long seed) throws IOException, InterruptedException {
        return new Loader(Callers.said(), addresses.registryUrl(), line -> {}).load(RECORDS, seed);
    }

    private static boolean reinstatesSomething(long seed) {
        List<FollowUp> all = new ArrayList<>();
        Loader.records(seed, RECORDS).forEachRemaining(record -> all.addAll(record.followUps()));
        return all.stream().anyMatch(FollowUp.Reinstatement.class::isInstance)
                && all.stream().anyMatch(FollowUp.Correction.class::isInstance);
    }

    @Test
    @Order(4)
    void every_key_is_where_it_should_be_and_either_site_is_told_the_key_with_which_the_registry_signs()
            throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        KeysCommand keys = new KeysCommand(
                Callers.said(),
                addresses.registryUrl(),
                addresses.queryUrl(),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(keys.run(List.of("audit"), false))
                .as(out.toString(StandardCharsets.UTF_8))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("eventstore.ciphertext_1", "projection.event", "accesslog.entry", "kafka.topic");
        out.reset();
        assertThat(keys.run(List.of("inventory", "epoch-2020-01-01", "local"), false))
                .isZero();
        JsonNode signed = JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
        for (CustodianSite site : CustodianSite.values()) {
            JsonNode known =
                    JsonMapper.shared().readTree(site.configuration(layout)).at("/authorities/inventory");
            assertThat(known.size()).isEqualTo(1);
            assertThat(isSignedBy(known.path(0).asString(), signed)).isTrue();
        }
        out.reset();
        assertThat(keys.run(List.of("list"), false)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("epoch keys of past days: nothing due");
    }

    private static boolean isSignedBy(String key, JsonNode signed) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key))));
        String message =
                "diplomatics key inventory v1\n" + signed.path("statement").asString();
        verifier.update(message.getBytes(StandardCharsets.UTF_8));
        return verifier.verify(
                Base64.getDecoder().decode(signed.path("signature").asString()));
    }

    @Test
    @Order(4)
    void the_log_is_sealed_and_cosigned_and_an_audit_finds_nothing() throws Exception {
        long head = Status.of(layout).head().orElseThrow();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            String checkpoint = fetch(addresses.registryUrl() + "/v1/log/checkpoint");
            assertThat(checkpoint).startsWith("registry.local/events/1\n");
            assertThat(Long.parseLong(checkpoint.lines().toList().get(1))).isGreaterThanOrEqualTo(head);
            assertThat(checkpoint).contains("\u2014 controller.local ");
        });
        assertThat(new Audit(layout).run(false)).isZero();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(fetch(addresses.queryUrl() + "/actuator/accesslog"))
                        .contains("controller.local "));
        assertThat(new Audit(layout).run(true)).isZero();
    }

    /** R06: with the controller's own database, and what its witness has. */
    @Test
    @Order(4)
    void the_access_log_is_with_the_controller_and_an_audit_of_the_copy_finds_nothing() throws IOException {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(Status.of(layout).shipped().orElse(0)).isPositive();
            assertThat(new Audit(layout).shipped()).isZero();
        });
        assertThat(Status.of(layout).toText()).contains(" in the controller's database");
    }

    private static String fetch(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    @Order(5)
    void the_first_start_left_nothing_secret_on_a_command_line() throws IOException {
        String credentials = Files.readString(layout.credentialsFile());
        List<String> secrets = new ArrayList<>(credentials
                .lines()
                .filter(line -> line.contains("="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .toList());
        for (CustodianSite site : CustodianSite.of(layout)) {
            Path pin = site.directory(layout).resolve("token-pin");
            assertThat(Files.getPosixFilePermissions(pin)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            secrets.add(Files.readString(pin));
        }
        assertThat(secrets).hasSizeGreaterThan(10);
        for (ProcessHandle process : processes()) {
            String commandLine =
                    Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.UTF_8);
            assertThat(secrets).noneMatch(commandLine::contains);
        }
    }

    @Test
    @Order(6)
    void after_a_crash_of_the_launcher_the_next_start_cleans_up_and_the_data_are_there() throws Exception {
        long head = Status.of(layout).head().orElseThrow();
        List<ProcessHandle> before = processes();
        ProcessHandle launcher = launcher();
        launcher.destroyForcibly();
        launcher.onExit().join();
        assertThat(Status.of(layout).state()).isEqualTo(Status.State.DOWN);
        assertThat(processes()).as("children outlive a killed launcher").isNotEmpty();
        launch();
        assertThat(before.stream().filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(Status.of(layout).head().orElse(0)).isGreaterThanOrEqualTo(head);
    }

    @Test
    @Order(7)
    void no_process_ever_called_out_of_this_machine() throws IOException {
        OUTBOUND.addAll(Connections.leavingTheMachine(processes()));
        assertThat(OUTBOUND).isEmpty();
        assertThat(Connections.staysHere("0100007F")).isTrue();
        assertThat(Connections.staysHere("08080808")).isFalse();
    }

    @Test
    @Order(8)
    void down_leaves_no_process_and_keeps_the_data() throws Exception {
        List<ProcessHandle> all = processes();
        assertThat(new Shutdown(layout).run(System.out)).isTrue();
        assertThat(all.stream().filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(processes()).isEmpty();
        assertThat(layout.postgresA().resolve("PG_VERSION")).exists();
        assertThat(Status.of(layout).state()).isEqualTo(Status.State.DOWN);
    }

    /** Libraries of which two builds would be on the class path; a major version is a library of its own (Jackson). */
    private static List<String> librariesTwice(String module) throws IOException {
        Set<String> seen = new TreeSet<>();
        try (Stream<Path> jars = Files.list(layout.home().resolve("app").resolve(module))) {
            return jars.map(jar -> jar.getFileName().toString().replaceFirst("-([0-9]+)[.][^-]*(-SNAPSHOT)?", "-$1 "))
                    .filter(name -> !seen.add(name))
                    .toList();
        }
    }

    private static void launch() throws IOException {
        Path log = launcherLog();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                layout.marker(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=quickstart-logback.xml",
                "-cp",
                layout.application("quickstart"),
                QuickstartApplication.class.getName(),
                "up",
                "--callers",
                "header",
                "--records",
                Integer.toString(RECORDS),
                "--port-base",
                Integer.toString(addresses.base()),
                "--home",
                layout.home().toString()));
        Process launcher = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    OUTBOUND.addAll(Connections.leavingTheMachine(processes()));
                    assertThat(launcher.isAlive()).as(Files.readString(log)).isTrue();
                    return Files.readString(log).contains("stops it");
                });
        assertThat(Files.readString(log)).contains("READY", "./dev demo");
    }

    private static Path launcherLog() {
        return layout.home().resolve("launcher.log");
    }

    private static ProcessHandle launcher() throws IOException {
        return processes().stream()
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> List.of(arguments).contains(QuickstartApplication.class.getName()))
                        .orElse(false))
                .findFirst()
                .orElseThrow();
    }

    private static List<ProcessHandle> processes() {
        ProcessTable table = new ProcessTable(layout);
        return ProcessHandle.allProcesses().filter(table::isOurs).toList();
    }

    static Addresses freeAddresses() {
        while (true) {
            Addresses candidate = new Addresses(Ports.free() / PORTS * PORTS);
            if (candidate.withTokens(true).taken().isEmpty()) {
                return candidate;
            }
        }
    }
}
