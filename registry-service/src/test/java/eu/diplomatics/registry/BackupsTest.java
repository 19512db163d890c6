package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.registry.Client.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** R10, R33: the registry knows how old the newest verified generation is, by its signed index, and says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupsTest {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Clock.systemUTC().instant().plus(ahead.get());
    private final RegistryFixture fixture = RegistryFixture.prepared().at(clock);

    @TempDir
    private static Path directory = Path.of("");

    private Authorities authorities = new Authorities(directory);

    @BeforeAll
    void start() {
        authorities = new Authorities(directory);
        fixture.with("DIPLOMATICS_BACKUP_INDEX", authorities.generations.toString());
        fixture.with(
                "DIPLOMATICS_BACKUP_DRILLS", directory.resolve("drills.json").toString());
        fixture.with("DIPLOMATICS_BACKUP_RUNS", runs().toString());
        fixture.with("DIPLOMATICS_BACKUP_MANIFESTKEYS", authorities.manifestKey());
        fixture.start();
        Answer registered =
                fixture.client().post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(1)));
        assertThat(registered.status()).isEqualTo(201);
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    @BeforeEach
    void anIndexOfJustNow() {
        ahead.set(Duration.ZERO);
        verifiedNow();
    }

    private void verifiedNow() {
        Instant now = clock.instant();
        authorities.signGenerations(
                now, List.of(LocalDate.ofInstant(now, ZoneOffset.UTC).toString()), now);
    }

    private JsonNode backups() {
        return new OpenApi(fixture.client())
                .check(
                        "get",
                        "/v1/backups",
                        fixture.client().as("controller:ann").get("/v1/backups"))
                .json();
    }

    private String condition() {
        return backups().path("condition").asString();
    }

    private JsonNode readiness() {
        return fixture.client().get("/actuator/health/readiness").json();
    }

    private void awaitReadiness(String sum, String backups) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(readiness().at("/components/backups/status").asString()).isEqualTo(backups);
            assertThat(readiness().path("status").asString()).isEqualTo(sum);
        });
    }

    private String goLive() {
        return goLive("verified-generation");
    }

    private String goLive(String id) {
        Answer answer = fixture.client().as("controller:ann").get("/v1/readiness");
        return answer.json()
                .path("conditions")
                .valueStream()
                .filter(each -> each.path("id").asString().equals(id))
                .map(each -> each.path("state").asString())
                .findFirst()
                .orElse("");
    }

    private double metric(String name) {
        // what is no number is told as a text
        return Double.parseDouble(fixture.client()
                .get("/actuator/metrics/" + name)
                .json()
                .at("/measurements/0/value")
                .asString());
    }

    @Test
    void after26HoursItIsAnAlarmAndAfter72TheServiceIsNotReadyUntilTheNextGeneration() {
        assertThat(condition()).isEqualTo("FRESH");
        assertThat(backups().path("generations")).hasSize(1);
        assertThat(goLive()).isEqualTo("GREEN");
        awaitReadiness("UP", "UP");
        assertThat(metric("diplomatics.backup.late")).isZero();

        ahead.set(Duration.ofHours(25));
        assertThat(condition()).isEqualTo("FRESH");
        ahead.set(Duration.ofHours(27));
        assertThat(condition()).isEqualTo("LATE");
        assertThat(backups().path("ageSeconds").asLong()).isBetween(27 * 3600L, 27 * 3600L + 600);
        assertThat(goLive()).isEqualTo("RED");
        awaitReadiness("DEGRADED", "DEGRADED");
        assertThat(metric("diplomatics.backup.late")).isOne();
        assertThat(metric("diplomatics.backup.age")).isGreaterThan(27 * 3600.0);

        ahead.set(Duration.ofHours(73));
        assertThat(condition()).isEqualTo("OVERDUE");
        awaitReadiness("DOWN", "DOWN");

        verifiedNow();
        awaitReadiness("UP", "UP");
        assertThat(goLive()).isEqualTo("GREEN");
    }

    @Test
    void anIndexThatNobodyBelievedSignedIsAnAlarmAndDoesNotMakeAnOldBackupYoung() throws IOException {
        // an index of the test before could be the last that was seen
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(metric("diplomatics.backup.age")).isBetween(0.001, 600.0));
        new Authorities(directory).signGenerations(clock.instant(), List.of());
        assertThat(condition()).isEqualTo("UNBELIEVED");
        assertThat(goLive()).isEqualTo("RED");
        awaitReadiness("DEGRADED", "DEGRADED");
        Files.writeString(authorities.generations, "{\"statement\":\"{}\"}");
        assertThat(condition()).isEqualTo("UNBELIEVED");
        assertThat(backups().path("generations"))
                .as("those of the last that was believed")
                .hasSize(1);
        ahead.set(Duration.ofHours(73));
        awaitReadiness("DOWN", "DOWN");
    }

    @Test
    void whatWasNeverBackedUpIsAsOldAsTheLog() throws IOException {
        Files.delete(authorities.generations);
        assertThat(condition()).isEqualTo("FRESH");
        assertThat(goLive()).as("none was made yet").isEqualTo("RED");
        ahead.set(Duration.ofHours(27));
        assertThat(condition()).isEqualTo("LATE");
        ahead.set(Duration.ofHours(73));
        assertThat(condition()).isEqualTo("OVERDUE");
    }

    @Test
    void aDrillHasToHavePassedAndNotLongAgo() throws IOException {
        Path drills = directory.resolve("drills.json");
        Files.deleteIfExists(drills);
        assertThat(rehearsed()).isEqualTo("OVERDUE");
        assertThat(goLive("drill")).isEqualTo("RED");

        authorities.signDrills(drills, clock.instant(), "PASSED");
        assertThat(rehearsed()).isEqualTo("REHEARSED");
        assertThat(backups().at("/rehearsed/drills/0/verdict").asString()).isEqualTo("PASSED");
        assertThat(goLive("drill")).isEqualTo("GREEN");
        assertThat(metric("diplomatics.drill.age")).isBetween(0.0, 600.0);
        assertThat(drillsHealth()).isEqualTo("UP");

        authorities.signDrills(drills, clock.instant(), "FAILED");
        assertThat(rehearsed()).isEqualTo("FAILED");
        assertThat(goLive("drill")).isEqualTo("RED");
        authorities.signDrills(drills, clock.instant(), "PASSED");
        ahead.set(Duration.ofDays(9));
        assertThat(rehearsed()).isEqualTo("OVERDUE");
        new Authorities(directory).signDrills(drills, clock.instant(), "PASSED");
        assertThat(rehearsed()).as("signed by nobody who is believed").isEqualTo("OVERDUE");
        assertThat(drillsHealth()).isEqualTo("DEGRADED");
    }

    @Test
    void aSmallDrillThatFailedIsAnAlarmAndOneThatPassedStandsForNoOther() {
        Path drills = directory.resolve("drills.json");
        Map<String, Object> passed = Map.of("kind", "EXIT", "verdict", "PASSED");
        authorities.signDrills(drills, clock.instant(), List.of(passed, Map.of("kind", "SMALL", "verdict", "FAILED")));
        assertThat(rehearsed()).as("what was brought does not start any more").isEqualTo("FAILED");
        assertThat(drillsHealth()).isEqualTo("DEGRADED");

        Map<String, Object> small = Map.of("kind", "SMALL", "verdict", "PASSED");
        authorities.signDrills(drills, clock.instant(), List.of(passed, small));
        assertThat(rehearsed()).isEqualTo("REHEARSED");
        authorities.signDrills(drills, clock.instant(), List.of(small));
        assertThat(rehearsed()).isEqualTo("OVERDUE");
    }

    @Test
    void theControllerSeesWhoStandsForAReport() {
        authorities.signDrills(
                directory.resolve("drills.json"),
                clock.instant(),
                List.of(Map.of(
                        "kind",
                        "RESTORE",
                        "verdict",
                        "PASSED",
                        "signedOff",
                        List.of(Map.of("by", "Ann", "at", "2026-11-23T12:00:00Z", "statementHash", "ab".repeat(32))))));
        assertThat(backups().at("/rehearsed/drills/0/signedOff/0/by").asString())
                .isEqualTo("Ann");
    }

    private static Path runs() {
        return directory.resolve("runs");
    }

    private double metric(String name, String operation) {
        return metric(name + "?tag=operation:" + operation);
    }

    private String tailHealth() {
        return fixture.client()
                .get("/actuator/health")
                .json()
                .at("/components/tail/status")
                .asString();
    }

    @Test
    void aTailThatIsTooOldIsAnAlarmAndSizesAndDurationsAreTold() throws IOException {
        Files.createDirectories(runs());
        for (String operation : List.of("create", "tail", "verify")) {
            Files.deleteIfExists(runs().resolve(operation + ".json"));
        }
        assertThat(tailHealth()).isEqualTo("UNKNOWN");
        assertThat(backups().path("runs")).isEmpty();
        assertThat(metric("diplomatics.backup.tail.age")).isNaN();

        authorities.signRun(runs(), "create", clock.instant(), 12_500, 3_000_000);
        authorities.signRun(runs(), "tail", clock.instant(), 800, 5_000);
        assertThat(tailHealth()).isEqualTo("UP");
        assertThat(metric("diplomatics.backup.tail.age")).isBetween(0.0, 60.0);
        assertThat(metric("diplomatics.backup.tail.late")).isZero();
        assertThat(metric("diplomatics.backup.run.duration", "create")).isEqualTo(12.5);
        assertThat(metric("diplomatics.backup.run.size", "create")).isEqualTo(3_000_000);
        assertThat(metric("diplomatics.backup.run.duration", "verify")).isNaN();
        assertThat(backups().path("tailAgeSeconds").asLong()).isBetween(0L, 60L);
        assertThat(backups().path("runs")).hasSize(2);

        ahead.set(Duration.ofMinutes(6));
        assertThat(tailHealth()).isEqualTo("DEGRADED");
        assertThat(metric("diplomatics.backup.tail.late")).isOne();
        assertThat(metric("diplomatics.backup.tail.age")).isGreaterThan(359);
        assertThat(readiness().path("status").asString()).as("an alarm only").isNotEqualTo("DOWN");
    }

    @Test
    void aRunThatNobodyBelievedSignedOrOfAnotherOperationIsNone() throws IOException {
        Files.createDirectories(runs());
        new Authorities(directory).signRun(runs(), "tail", clock.instant(), 1, 1);
        assertThat(tailHealth()).isEqualTo("UNKNOWN");
        authorities.signRun(runs(), "verify", clock.instant(), 1, 1);
        Files.copy(runs().resolve("verify.json"), runs().resolve("tail.json"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(tailHealth()).isEqualTo("UNKNOWN");
    }

    private String rehearsed() {
        return backups().at("/rehearsed/condition").asString();
    }

    private String drillsHealth() {
        return fixture.client()
                .get("/actuator/health")
                .json()
                .at("/components/drills/status")
                .asString();
    }

    /** R14: the last drills, and an alarm that is told aloud, for everybody. */
    @Test
    void thePageTellsTheSameInBothLanguagesWithAnAlarmAndWithoutScripts() throws Exception {
        Path drills = directory.resolve("drills.json");
        authorities.signDrills(
                drills,
                clock.instant(),
                List.of(Map.of(
                        "kind",
                        "EXIT",
                        "verdict",
                        "PASSED",
                        "signedOff",
                        List.of(Map.of("by", "Ann <script>", "at", "2026-11-23T12:00:00Z")))));
        Answer english = page("?lang=en");
        assertThat(english.text())
                .startsWith("<!DOCTYPE html")
                .contains("lang=\"en\"", "<main id=\"main\">", "<h1>Backups and drills</h1>")
                .contains("<caption>", "scope=\"col\"", "scope=\"row\"")
                .contains("The newest backup is new enough.", "Exit, under another custodian", "Ann &lt;script&gt;")
                .doesNotContain("<script", "role=\"alert\"", "${");
        assertThat(english.header("Content-Security-Policy")).startsWith("default-src 'none'; style-src 'sha256-");
        assertThat(english.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");

        ahead.set(Duration.ofHours(27));
        authorities.signDrills(drills, clock.instant(), "FAILED");
        Answer dutch = page("?lang=nl");
        assertThat(dutch.header("Content-Language")).isEqualTo("nl");
        assertThat(dutch.text())
                .contains("lang=\"nl\"", "meer dan 26 uur", "mislukt", "MISLUKT")
                .containsOnlyOnce("id=\"backups-state\"")
                .doesNotContain("${");
        assertThat(dutch.text().split("role=\"alert\"", -1))
                .as("backups and drills")
                .hasSize(3);
        assertThat(fixture.client().get("/pages/backups").status()).isEqualTo(403);
    }

    private Answer page(String query) {
        return new OpenApi(fixture.client())
                .check(
                        "get",
                        "/pages/backups",
                        fixture.client().as("controller:ann").get("/pages/backups" + query));
    }

    @Test
    void onlyTheControllerSeesThem() {
        assertThat(fixture.client().get("/v1/backups").status()).isEqualTo(403);
    }
}
