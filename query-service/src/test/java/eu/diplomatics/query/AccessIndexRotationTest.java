package eu.diplomatics.query;

import static eu.diplomatics.query.Deliveries.awaitSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.keyring.AccessIndexRotation;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.AccessIndexVersions.State;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.RotationWatch;
import eu.diplomatics.local.Database;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.accesslog.NumberSubjects;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R16, R05: the keys by which people are found in the access log rotate while they are asked about and looked for. */
class AccessIndexRotationTest {
    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass();

    private static final List<Insz> PEOPLE =
            IntStream.range(600, 604).mapToObj(Examples::insz).toList();

    private final QueryFixture fixture = service.fixture();
    private final AccessIndexVersions versions = new AccessIndexVersions(fixture.keyring(), InstantSource.system());
    /** By person, the rows of answers that have left. */
    private final Map<Insz, Set<UUID>> asked = new ConcurrentHashMap<>();

    private final Map<Insz, Set<UUID>> found = new ConcurrentHashMap<>();

    @Test
    void whoLookedIsCompleteBeforeWhileAndAfterTwoRotationsAndNobodyElsesRowIsAmongIt() throws Exception {
        // some are in the registry, some are not
        fixture.registry().register(PEOPLE.getFirst());
        fixture.relay().publishAll();
        awaitSame(fixture);
        int first = versions.active();
        AtomicBoolean rotating = new AtomicBoolean(true);
        try (ExecutorService executor = Executors.newFixedThreadPool(5)) {
            List<Future<?>> everybody = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                everybody.add(executor.submit(() -> whileIt(rotating, this::ask)));
            }
            for (int i = 0; i < 2; i++) {
                everybody.add(executor.submit(() -> whileIt(rotating, this::look)));
            }
            try {
                awaitRowsUnder(first);
                for (int next = first + 1; next <= first + 2; next++) {
                    rotate();
                    awaitRowsUnder(next);
                }
            } finally {
                rotating.set(false);
            }
            for (Future<?> each : everybody) {
                each.get();
            }
        }
        for (Insz person : PEOPLE) {
            Set<UUID> others = new HashSet<>();
            asked.forEach((other, rows) -> others.addAll(other.equals(person) ? Set.of() : rows));
            assertThat(rowsAbout(person)).containsAll(of(asked, person)).doesNotContainAnyElementsOf(others);
            assertThat(of(found, person)).isNotEmpty().doesNotContainAnyElementsOf(others);
        }
        assertTheInventoryCountsThemByVersion(first);
    }

    private static void whileIt(AtomicBoolean goesOn, Runnable work) {
        while (goesOn.get()) {
            work.run();
        }
    }

    private static Set<UUID> of(Map<Insz, Set<UUID>> rows, Insz person) {
        return rows.computeIfAbsent(person, any -> ConcurrentHashMap.newKeySet());
    }

    private static Insz anybody() {
        return PEOPLE.get(ThreadLocalRandom.current().nextInt(PEOPLE.size()));
    }

    private void ask() {
        Insz person = anybody();
        Answer answer = service.query().consult(person.digits());
        // 503: the custodian is away while its operators make the key
        assertThat(answer.status()).isIn(200, 503);
        if (answer.status() == 200) {
            of(asked, person)
                    .add(UUID.fromString(answer.json().path("accessLogId").asString()));
        }
    }

    private void look() {
        Insz person = anybody();
        Set<UUID> before = Set.copyOf(of(asked, person));
        try {
            Set<UUID> rows = rowsAbout(person);
            assertThat(rows).containsAll(before);
            of(found, person).addAll(rows);
        } catch (KeysUnavailableException e) {
            // no answer is no incomplete one
        }
    }

    /** As the controller would look who asked about somebody. */
    private Set<UUID> rowsAbout(Insz person) {
        List<byte[]> subjects = service.query().bean(NumberSubjects.class).subjects(person);
        Set<UUID> rows = new HashSet<>();
        try (Connection connection = connect("reader");
                var statement = connection.prepareStatement(
                        "SELECT id FROM accesslog.entry WHERE subject = ANY (?::bytea[])")) {
            statement.setArray(1, connection.createArrayOf("bytea", subjects.toArray(byte[][]::new)));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(row.getObject(1, UUID.class));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection connect(String role) throws SQLException {
        Login login = fixture.database(Database.ACCESSLOG).role(role);
        return DriverManager.getConnection(
                fixture.database(Database.ACCESSLOG).url(), login.username(), login.password());
    }

    /** The custodian's operators make their half, the registry's command does the rest; then its lead passes. */
    private void rotate() {
        fixture.newAccessLogIndex();
        AccessIndexRotation rotation = new AccessIndexRotation(fixture.keyring(), versions, Duration.ofSeconds(30));
        int version = rotation.next();
        rotation.run(version, RotationWatch.NOBODY);
        assertThat(rowsUnder(version)).as("not before everybody knows it").isZero();
        fixture.tamper(
                Database.KEYRING, "UPDATE keyring.access_index SET confirmed_at = confirmed_at - interval '5 minutes'");
    }

    private long rowsUnder(int version) {
        return fixture.count(
                Database.ACCESSLOG,
                "SELECT count(*) FROM accesslog.entry WHERE get_byte(subject, 0) = 1 AND get_byte(subject, 1) = "
                        + version);
    }

    private void awaitRowsUnder(int version) {
        await().atMost(Duration.ofSeconds(60)).until(() -> rowsUnder(version) > 20);
    }

    private void assertTheInventoryCountsThemByVersion(int first) {
        List<JsonNode> inventory = lines("/v1/keys/inventory");
        for (int version = first; version <= first + 2; version++) {
            String number = Integer.toString(version);
            Optional<JsonNode> holding = inventory.stream()
                    .map(line -> line.path("holding"))
                    .filter(each -> each.path("key").asString("").equals("access-log-index")
                            && each.path("version").asString("").equals(number))
                    .findFirst();
            assertThat(holding).as("version %s", number).isPresent();
            assertThat(holding.get().path("rows").asLong()).isEqualTo(rowsUnder(version));
        }
        assertThat(codes()).isEmpty();
        int second = first + 1;
        fixture.tamper(
                Database.KEYRING,
                "UPDATE keyring.access_index SET state = 'ENDED', ended_at = now() WHERE version = " + second);
        assertThat(codes()).containsExactly("INDEX_OLD");
        fixture.tamper(
                Database.KEYRING,
                "UPDATE keyring.access_index SET state = 'CONFIRMED', ended_at = NULL WHERE version = " + second);
        fixture.tamper(
                Database.KEYRING,
                "UPDATE keyring.secret SET name = 'taken-away' WHERE name = 'access-log-index-k1-" + second + "'");
        assertThat(codes()).containsExactly("SECRET_MISSING");
        fixture.tamper(
                Database.KEYRING,
                "UPDATE keyring.secret SET name = 'access-log-index-k1-" + second + "' WHERE name = 'taken-away'");
    }

    private List<String> codes() {
        return lines("/v1/keys/audit").stream()
                .map(line -> line.at("/finding/code").asString(""))
                .filter(code -> !code.isEmpty())
                .toList();
    }

    private static List<JsonNode> lines(String path) {
        HttpRequest request = HttpRequest.newBuilder(service.query().base().resolve(path))
                .header("X-Caller", "controller:ann")
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .map(line -> (JsonNode) JsonMapper.shared().readTree(line))
                    .toList();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aVersionEndsByItselfWhenItsLastRowIsGoneAndNotBefore() throws SQLException {
        service.query().consult(PEOPLE.getFirst().digits());
        int old = versions.active();
        rotate();
        fixture.tamper(
                Database.KEYRING, "UPDATE keyring.access_index SET confirmed_at = confirmed_at - interval '2 hours'");
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            service.query().consult(PEOPLE.getFirst().digits());
            return rowsUnder(old + 1) > 0;
        });
        assertThat(rowsUnder(old)).isPositive();
        // what retention does at the end
        fixture.tamper(
                Database.ACCESSLOG,
                "DELETE FROM accesslog.entry WHERE get_byte(subject, 0) = 1 AND get_byte(subject, 1) < " + old);
        assertThat(sealerSeesRowsUnder(old)).isTrue();
        assertThat(state(old)).isEqualTo(State.CONFIRMED);
        fixture.tamper(
                Database.ACCESSLOG,
                "DELETE FROM accesslog.entry WHERE get_byte(subject, 0) = 1 AND get_byte(subject, 1) = " + old);
        await().atMost(Duration.ofSeconds(60)).until(() -> state(old) == State.ENDED);
        assertThat(state(old + 1)).isEqualTo(State.CONFIRMED);
        assertThat(versions.searched()).doesNotContain(old);
        JsonNode shown = service.query().get("/actuator/accesslog").json().path("indexVersions");
        assertThat(shown.path(old - 1).path("state").asString()).isEqualTo("ENDED");
    }

    private boolean sealerSeesRowsUnder(int version) throws SQLException {
        try (Connection connection = connect("sealer");
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT accesslog.has_index_version(" + version + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private State state(int version) {
        return versions.read().get(version - 1).state();
    }
}
