package eu.diplomatics.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The script {@code dev} itself, copied into a folder of its own beside what this build made. Only Maven is a stand-in:
 * it finds everything built.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DevScriptIT {
    private static final List<String> MODULES =
            List.of("quickstart", "key-custodian", "registry-service", "query-service", "backup-tool", "portal");
    private static final List<String> COMMANDS = List.of(
            "up",
            "down",
            "reset",
            "status",
            "readiness",
            "token",
            "demo",
            "load",
            "keys",
            "test",
            "audit",
            "verify",
            "custodian",
            "bench",
            "logs");
    /** Made by age-keygen, for nothing else. */
    private static final String RECIPIENT = "age10uqgyfz4n5s3uea8szq6uvafelx9kgcv9qszetzd4kckuvl04sksgk73u7";

    private static final String IDENTITY = "AGE-SECRET-KEY-1F8UHN9VW5X0L3GC0AENJENSAWWH7TKMAVCFL0ZW46QG376VM7WNSFW63GH";
    private static final int USAGE = 64;
    private static final int UNAVAILABLE = 69;
    private static final Path PROJECT =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    @TempDir
    private static Path folder;

    private static int base;

    @BeforeAll
    static void copyTheScript() throws IOException {
        Files.copy(PROJECT.resolve("dev"), folder.resolve("dev"));
        Files.copy(PROJECT.resolve("pom.xml"), folder.resolve("pom.xml"));
        Files.createDirectories(folder.resolve(".mvn"));
        for (String module : MODULES) {
            Path copy = Files.createDirectories(folder.resolve(module));
            Files.createDirectories(copy.resolve("src/main"));
            Files.createFile(copy.resolve("pom.xml"));
            Files.createDirectories(copy.resolve("target"));
            Files.createSymbolicLink(
                    copy.resolve("target/dist"), PROJECT.resolve(module).resolve("target/dist"));
        }
        Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
        Files.writeString(maven, "#!/bin/sh\necho 'Apache Maven 3.9.9'\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        assertThat(folder.resolve("dev").toFile().setExecutable(true)).isTrue();
        base = QuickstartIT.freeAddresses().base();
    }

    @AfterAll
    static void down() throws Exception {
        dev("down");
    }

    @Test
    @Order(1)
    void every_command_explains_itself_and_refuses_what_it_does_not_know() throws Exception {
        String overview = dev("--help").expect(0);
        for (String command : COMMANDS) {
            assertThat(overview).contains("\n  " + command + " ");
            assertThat(dev(command, "--help").expect(0)).startsWith("usage: ./dev " + command);
        }
        assertThat(dev("up", "--nonsense").expect(USAGE)).contains("unknown option");
        assertThat(dev("nonsense").expect(USAGE)).contains("unknown command");
        assertThat(dev("bench", "nonsense").expect(USAGE)).contains("append");
        assertThat(dev("audit").expect(USAGE)).contains("HINT: ./dev audit log");
    }

    @Test
    @Order(2)
    void before_the_first_start_nothing_runs_and_nothing_is_there() throws Exception {
        assertThat(json(dev("status", "--json").expect(1)).path("state").asString())
                .isEqualTo("DOWN");
        assertThat(dev("down").expect(0)).contains("nothing runs here");
        assertThat(dev("reset").expect(0)).contains("there was no data");
        assertThat(dev("demo").expect(UNAVAILABLE)).contains("HINT: ./dev up");
        assertThat(dev("keys", "audit").expect(UNAVAILABLE))
                .as("1 says that a fault was found")
                .contains("HINT: ./dev up");
    }

    @Test
    @Order(3)
    void up_returns_when_everything_is_ready_and_has_printed_what_to_try() throws Exception {
        String said = dev("up", "--detach", "--records", "20", "--port-base", Integer.toString(base))
                .expect(0);
        assertThat(said).contains("READY", "./dev demo").endsWith("./dev down stops it\n");
        assertThat(said).doesNotContain("Ctrl-C").contains("────").doesNotContain("????");
        JsonNode status = json(dev("status", "--json").expect(0));
        assertThat(status.path("state").asString()).isEqualTo("READY");
        assertThat(status.path("projected").asLong())
                .as("READY means projected, too")
                .isGreaterThanOrEqualTo(20);
        assertThat(dev("up").expect(0)).contains("already running", "custodian2");
        assertThat(said).contains("two sites");
        for (String site : List.of("custodian", "custodian2")) {
            assertThat(status.path("services").path(site).path("state").asString())
                    .isEqualTo("READY");
        }
        assertThat(dev("bench").expect(1)).contains("./dev down");
    }

    /** R07: callers show tokens unless somebody wants it otherwise. */
    @Test
    @Order(4)
    void the_header_is_refused_by_both_services() throws Exception {
        for (String url : List.of(url(0) + "/v1/qualifications", url(1) + "/v1/consultations")) {
            for (String who : List.of("supplier:kuleuven", "agency:vdab", "controller:led")) {
                assertThat(paste("curl -s -w ' %{http_code}' " + url + " -H 'X-Caller: " + who + "'"
                                + " -H 'Content-Type: application/json' -d '{\"insz\":\"83691783508\"}'"))
                        .contains("\"UNAUTHENTICATED\"", "./dev token")
                        .endsWith(" 401");
            }
        }
    }

    @Test
    @Order(4)
    void what_up_printed_and_what_the_documents_say_to_paste_is_answered_to_who_shows_a_token() throws Exception {
        List<String> printed = ReadyCommands.in(Files.readString(folder.resolve(".dev/logs/launcher.log")));
        assertThat(printed).hasSize(2).allMatch(command -> command.contains("-H @<(./dev token "));
        assertThat(paste(printed.getFirst())).contains("\"FOUND\"");
        assertThat(paste(printed.getLast())).contains("\"signature\"");
        assertThat(paste(block("README.md", "url="))).contains("\"FOUND\"", "KUL-2026-0001");
        assertThat(paste(block("docs/identity.md", "call\\(\\)"))).contains("\"FOUND\"");
        assertThat(paste(block("docs/led.md", "url=")))
                .contains("<VolledigeNaam>Master of Science in de sociologie</VolledigeNaam>");
        assertThat(dev("demo").expect(0))
                .contains("as ./dev token agency:vdab gets them")
                .doesNotContain("X-Caller");
    }

    @Test
    @Order(4)
    void token_says_what_it_was_not_given_rightly() throws Exception {
        assertThat(dev("token", "agency:vdab").expect(0)).contains("./dev token agency:vdab POST " + url(1));
        assertThat(dev("token", "teacher:ann").expect(USAGE)).contains("case-worker", "HINT: ");
        assertThat(dev("token", "agency:nobody").expect(USAGE)).contains("there are supplier:");
        assertThat(dev("token", "citizen:ann").expect(USAGE))
                .contains("citizen:INSZ")
                .doesNotContain("ann");
        assertThat(dev("token", "agency:vdab", url(1), "POST").expect(USAGE)).contains("METHOD and URL");
    }

    private static String url(int behindTheFirst) {
        return "http://127.0.0.1:" + (base + behindTheFirst);
    }

    private static String paste(String text) throws Exception {
        return run(List.of("bash", "-c", "cd " + folder + "\n" + onOurPorts(text)))
                .expect(0);
    }

    @Test
    @Order(5)
    void what_the_runbook_says_to_paste_verifies_a_receipt_and_the_log() throws Exception {
        String registering = block("README.md", "url=");
        String verifying = block("docs/runbooks/verify-the-log.md", "curl -s ")
                .replace("/receipts/4/", "/receipts/$position/")
                .replace("./dev verify", "curl -s http://127.0.0.1:8088/key >witness.key; ./dev verify");
        String pasted = registering
                + "printf %s \"$receipt\" >receipt.json\n"
                // sealed and cosigned within seconds here
                + "for n in $(seq 30); do\n" + verifying + "[ $? -ne 0 ] || exit 0; sleep 1\ndone\nexit 1\n";
        assertThat(paste(pasted))
                .contains("witness      OK  controller.local saw it at ")
                .endsWith("RESULT: OK\n");
        assertThat(dev("audit", "log").expect(0)).endsWith("RESULT: OK\n");
        assertThat(dev("audit", "access-log").expect(0)).endsWith("RESULT: OK\n");
        assertThat(dev("verify", "--options").expect(0)).contains("--time-stamp-certificate");
    }

    private static String block(String document, String beginning) throws IOException {
        Matcher block = Pattern.compile("```(?:sh)?\\n(" + beginning + ".*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PROJECT.resolve(document)));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static String onOurPorts(String pasted) {
        return pasted.replace("127.0.0.1:8081", "127.0.0.1:" + base)
                .replace("127.0.0.1:8082", "127.0.0.1:" + (base + 1))
                .replace("127.0.0.1:8088", "127.0.0.1:" + (base + 7));
    }

    @Test
    @Order(6)
    void the_logs_of_one_service_can_be_followed() throws Exception {
        List<String> command = List.of("timeout", "3", folder.resolve("dev").toString(), "logs", "registry");
        assertThat(run(command).expect(124)).contains("\"message\"");
        assertThat(dev("logs", "nonsense").expect(1)).contains("query");
    }

    @Test
    @Order(8)
    void a_generation_of_backup_is_made_listed_and_verified() throws Exception {
        assertThat(dev("backup", "create").expect(0)).contains("eventstore.event", "verified");
        JsonNode listed = json(dev("backup", "list", "--json").expect(0));
        assertThat(listed).hasSize(1);
        assertThat(listed.path(0).path("state").asString()).isEqualTo("verified");
        assertThat(listed.path(0).path("events").asLong()).isGreaterThan(20);
        assertThat(dev("backup", "verify").expect(0))
                .contains("OK", "the witness saw the log up to event")
                .doesNotContain("not looked at");
        assertThat(dev("backup", "keys", "audit").expect(0)).contains("VERIFIED", "OK");
        assertThat(dev("backup", "status").expect(0)).startsWith("FRESH");
        assertThat(dev("backup", "verify", "--nonsense").expect(2)).contains("HINT: backup --help");
        comesBackWithWhatItBrought();
    }

    /** R14, L12: its own Java, PostgreSQL and programs; only the custodian and the certificates are those of before. */
    private static void comesBackWithWhatItBrought() throws Exception {
        Path restored = folder.resolve("restored");
        int ports = QuickstartIT.freeAddresses().base();

        String said = dev(
                        "backup",
                        "drill",
                        "--into",
                        restored.toString(),
                        "--port-base",
                        Integer.toString(ports),
                        "--keep")
                .expect(0);

        assertThat(said)
                .contains("their tree as signed", "the canaries are answered as they were to be")
                .contains("passed: a flipped bit and a missing segment are found, without keys")
                .contains("passed: the custodian refuses this generation's keys as those of another")
                .contains("passed: a registration is taken and answered")
                .contains("unpacked", "services", "projection", "smoke queries", "in all", "PASSED: drill ");
        JsonNode report = json(dev("backup", "drill", "show", "latest").expect(0));
        assertThat(report.path("verdict").asString()).isEqualTo("PASSED");
        assertThat(report.at("/evidence/samples/0/answers")).hasSize(2);
        assertThat(report.at("/evidence/tools/0/program").asString()).isEqualTo("sha256sum");
        dev("backup", "drill", "sign", "latest", "--as", "Ann").expect(0);
        assertThat(dev("backup", "drill", "list").expect(0)).contains("RESTORE", "PASSED", "signed by Ann");
        assertThat(restored.resolve("jre/bin/java")).isExecutable();
        assertThat(restored.resolve("sbom.cdx.json")).content().contains("CycloneDX", "postgresql", "kafka-clients");
        assertThat(restored.resolve("docs/runbooks/lost-everything.md")).exists();
        assertThat(Files.readString(restored.resolve("configuration/services.json")))
                .contains("DIPLOMATICS_CUSTODIAN_SITES")
                .doesNotContain("PASSWORD\"");
        assertThat(dev("backup", "restore", "--into", folder.resolve(".dev").toString())
                        .expect(1))
                .contains("is not empty", "HINT: ");
        assertThat(json(dev("status", "--json").expect(0)).path("state").asString())
                .as("what it came from was not touched")
                .isEqualTo("READY");
    }

    @Test
    @Order(7)
    void everything_is_exported_once_two_operators_approved_it() throws Exception {
        String to = folder.resolve("export").toString();
        assertThat(dev("backup", "export", "--to", to, "--recipient", RECIPIENT).expect(77))
                .contains("not approved", "./dev backup approve " + to);
        dev("backup", "approve", to + "/order.json").expect(0);
        assertThat(dev("backup", "export", "--to", to).expect(0)).contains("exported", "0 LOST");
        assertThat(dev("backup", "exports", "publish", "--bag", to).expect(0)).contains("every byte read back");
        assertThat(dev("backup", "exports", "status").expect(0)).contains("CURRENT");
    }

    @Test
    @Order(9)
    void operators_ask_either_site_of_the_custodian() throws Exception {
        assertThat(operator("operator.json", "status")).contains("\"local\"").doesNotContain("local-2");
        assertThat(operator("site2/operator.json", "status")).contains("\"local-2\"");
        assertThat(operator("site2/controller.json", "status")).contains("\"local-2\"");
        assertThat(dev(
                                "custodian",
                                "verify-audit",
                                "--config",
                                folder.resolve(".dev/run/custodian2.json").toString())
                        .expect(0))
                .contains("OK ");
    }

    @Test
    @Order(10)
    void the_controller_asks_what_stands_under_which_key() throws Exception {
        assertThat(dev("keys", "list").expect(0)).contains("reference-key", "epoch keys of past days");
        assertThat(dev("keys", "inventory").expect(0)).contains("ciphertext_1");
        assertThat(dev("keys", "audit").expect(0)).contains("every key is where it should be");
        dev("keys", "operations").expect(0);
        dev("keys", "receipts").expect(0);
        assertThat(dev("keys", "inventory", "epoch-2020-01-01").expect(64)).contains("LABEL and CUSTODIAN");
        assertThat(dev("keys", "nonsense").expect(64)).contains("inventory, audit or receipts");
    }

    private static String operator(String person, String command) throws Exception {
        return dev("custodian", command, "--as", folder.resolve(".dev/run") + "/" + person)
                .expect(0);
    }

    @Test
    @Order(11)
    void a_site_stopped_as_the_runbook_says_is_brought_back_without_a_build_under_what_runs() throws Exception {
        Matcher stop = Pattern.compile("`(pid=[^`]*kill [^`]*)`")
                .matcher(Files.readString(PROJECT.resolve("docs/runbooks/key-ceremony.md")));
        assertThat(stop.find()).isTrue();
        run(List.of("bash", "-c", "cd " + folder + "; " + stop.group(1))).expect(0);
        awaitState("DEGRADED");
        Path application = folder.resolve(".dev/app");
        Object running =
                Files.readAttributes(application, BasicFileAttributes.class).fileKey();
        Files.writeString(folder.resolve("quickstart/src/main/Changed.java"), "// so that a build is due");

        Path said = folder.resolve("serve.txt");
        Path configuration = folder.resolve(".dev/run/custodian2.json");
        Process serving = script(List.of(
                        folder.resolve("dev").toString(), "custodian", "serve", "--config", configuration.toString()))
                .redirectOutput(said.toFile())
                .start();
        serving.getOutputStream().close();
        awaitState("READY");
        dev("verify", "--options").expect(0);

        assertThat(Files.readString(said)).doesNotContain("building");
        assertThat(Files.readAttributes(application, BasicFileAttributes.class).fileKey())
                .isEqualTo(running);
        // the program itself: the script made way for it
        assertThat(serving.isAlive()).isTrue();
        assertThat(dev("down").expect(0))
                .contains("ended leftover custodian2 (" + serving.pid() + ")", "the data stay");
        assertThat(serving.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    private static void awaitState(String state) {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> json(dev("status", "--json").text)
                        .path("state")
                        .asString()
                        .equals(state));
    }

    /** R14: losing the registry with its custodian does not lose the records, nor what was promised about them. */
    @Test
    @Order(12)
    void with_everything_stopped_an_export_goes_on_under_another_custodian() throws Exception {
        Path identity = Files.writeString(folder.resolve("identity.txt"), IDENTITY);
        Path reports = folder.resolve("reports");
        assertThat(dev(
                                "backup",
                                "drill",
                                "--custodian-lost",
                                "--identity",
                                identity.toString(),
                                "--port-base",
                                Integer.toString(QuickstartIT.freeAddresses().base()),
                                "--report",
                                reports.toString())
                        .expect(0))
                .contains("passed: nothing of the registry that was backed up answers")
                .contains("counts and root as in the bag")
                .contains("passed: under another custodian: the canaries are answered as they were to be")
                .contains(
                        "passed: under another custodian: receipts of the registry that was hold against this log (2 of 2)")
                .contains("passed: under another custodian: a registration is taken and answered")
                .contains(
                        "passed: sampled answers are as the export says: under another custodian: records by reference (");
        JsonNode report = json(dev("backup", "drill", "show").expect(0));
        assertThat(report.at("/evidence/kind").asString()).isEqualTo("EXIT");
        assertThat(reports.resolve("drill-" + report.path("id").asString() + ".pdf"))
                .isNotEmptyFile();
        assertThat(folder.resolve(".dev/run/drill-elsewhere")).doesNotExist();
    }

    @Test
    @Order(13)
    void down_keeps_the_data_and_reset_removes_them() throws Exception {
        assertThat(dev("status").expect(1)).contains("DOWN");
        assertThat(folder.resolve(".dev/data/postgres-a/PG_VERSION")).exists();
        assertThat(dev("reset").expect(0)).contains("removed", "credentials");
        for (String gone : List.of("data", "certificates", "credentials.properties", "logs")) {
            assertThat(folder.resolve(".dev").resolve(gone)).doesNotExist();
        }
    }

    @Test
    @Order(14)
    void reset_removes_keys_and_data_even_when_the_build_is_gone() throws Exception {
        run(List.of("rm", "-r", folder.resolve(".dev/app").toString())).expect(0);
        Path keys = Files.createDirectories(folder.resolve(".dev/certificates"));
        assertThat(dev("reset").expect(0)).contains("removed " + keys);
        assertThat(keys).doesNotExist();
    }

    private static Ended dev(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(folder.resolve("dev").toString());
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static Ended run(List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process = script(command).redirectOutput(out.toFile()).start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(12, TimeUnit.MINUTES);
        assertThat(ended)
                .as("%s has ended; so far it said:%n%s", command, Files.readString(out, StandardCharsets.UTF_8))
                .isTrue();
        return new Ended(command, process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    }

    private static ProcessBuilder script(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // as over ssh without a locale: what is printed is UTF-8 all the same
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        return builder;
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private record Ended(List<String> command, int exit, String text) {
        String expect(int wanted) {
            assertThat(exit).as(command + " said:\n" + text).isEqualTo(wanted);
            return text;
        }
    }
}
