package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Database;
import eu.diplomatics.registry.Client.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Files that come slowly, or never whole, stand in nobody's way. */
class UploadTest {
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    @Test
    void a_slow_upload_holds_up_nobody_else_and_is_given_up_and_what_failed_uploads_left_is_forgotten()
            throws IOException, SQLException {
        try (RegistryFixture registry = RegistryFixture.prepared()
                .with("DIPLOMATICS_BATCHES_UPLOADSPERSUPPLIER", "1")
                .with("DIPLOMATICS_BATCHES_PATIENCE", "1s")
                .at(() -> Instant.now().plus(ahead.get()))
                .start()) {
            Client client = registry.client();
            OpenApi api = new OpenApi(client);
            byte[] line = (Samples.registration(Samples.reference(), Samples.insz(1)) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            try (Socket slow = new Socket("127.0.0.1", registry.port())) {
                slow.getOutputStream()
                        .write(("POST /v1/batches HTTP/1.1\r\nHost: x\r\nX-Caller: " + Client.SUPPLIER
                                        + "\r\nContent-Type: application/x-ndjson\r\nIdempotency-Key: slow"
                                        + "\r\nContent-Length: 5000000\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
                slow.getOutputStream().write(line);
                Awaitility.await().until(() -> receiving(registry).size() == 1);
                List<UUID> inHand = receiving(registry);

                Answer second = api.check("POST", "/v1/batches", send(client, line));
                assertThat(second.status()).isEqualTo(429);
                assertThat(second.code()).isEqualTo("TOO_MANY_UPLOADS");
                assertThat(second.header("Retry-After")).isNotEmpty();
                assertThat(send(client.as("supplier:hoger-onderwijs"), line).status())
                        .isEqualTo(202);

                leaveHalfReceived(registry);
                assertThat(receiving(registry)).hasSize(2);
                ahead.set(Duration.ofMinutes(2));
                Awaitility.await()
                        .untilAsserted(() -> assertThat(receiving(registry)).isEqualTo(inHand));

                Awaitility.await()
                        .pollInterval(Duration.ofMillis(300))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> {
                            slow.getOutputStream().write(line);
                            return slow.getInputStream().available() > 0;
                        });
                byte[] head = new byte[2000];
                String answer = new String(head, 0, slow.getInputStream().read(head), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 408");
            }
            assertThat(receiving(registry)).isEmpty();
            assertThat(send(client, line).status()).isEqualTo(202);
        }
    }

    @Test
    void bodies_beyond_the_memory_set_aside_for_them_are_told_to_come_again() throws IOException {
        try (RegistryFixture registry = RegistryFixture.prepared().start()) {
            Client client = registry.client();
            OpenApi api = new OpenApi(client);
            String path = "/v1/qualifications";
            List<Socket> waiting = new ArrayList<>();
            try {
                for (int i = 0; i < 40; i++) {
                    Socket socket = new Socket("127.0.0.1", registry.port());
                    waiting.add(socket);
                    socket.getOutputStream()
                            .write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nX-Caller: " + Client.SUPPLIER
                                            + "\r\nContent-Type: application/json"
                                            + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
                }
                String large = " ".repeat(500 * 1024) + Samples.registration(Samples.reference(), Samples.insz(1));
                Awaitility.await().untilAsserted(() -> {
                    Answer answer = api.check("POST", path, client.post(path, large));
                    assertThat(answer.code()).isEqualTo("OVERLOADED");
                    assertThat(answer.header("Retry-After")).isNotEmpty();
                });
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
            Awaitility.await()
                    .untilAsserted(() -> assertThat(
                                    client.post(path, Samples.registration(Samples.reference(), Samples.insz(1)))
                                            .status())
                            .isEqualTo(201));
        }
    }

    private static Answer send(Client client, byte[] body) {
        return Batch.send(
                client, "application/x-ndjson", UUID.randomUUID().toString(), "", BodyPublishers.ofByteArray(body));
    }

    /** As when neither keyring nor database could be told that an upload had failed. */
    private static void leaveHalfReceived(RegistryFixture registry) throws SQLException {
        try (Connection connection = connect(registry);
                var statement = connection.prepareStatement("""
                        INSERT INTO batch.job (id, supplier, idempotency_tag, format, mode, dry_run, state, correlation,
                            created_at)
                        VALUES (?, 'kuleuven', sha256(''), 'NDJSON', 'STRICT', false, 'RECEIVING', '-', now())""")) {
            statement.setObject(1, UUID.randomUUID());
            statement.executeUpdate();
        }
    }

    private static List<UUID> receiving(RegistryFixture registry) throws SQLException {
        List<UUID> jobs = new ArrayList<>();
        try (Connection connection = connect(registry);
                ResultSet rows = connection
                        .createStatement()
                        .executeQuery("SELECT id FROM batch.job WHERE state = 'RECEIVING' ORDER BY id")) {
            while (rows.next()) {
                jobs.add(rows.getObject(1, UUID.class));
            }
        }
        return jobs;
    }

    private static Connection connect(RegistryFixture registry) throws SQLException {
        var access = registry.database(Database.REGISTRY);
        return DriverManager.getConnection(
                access.url(), access.role("app").username(), access.role("app").password());
    }
}
