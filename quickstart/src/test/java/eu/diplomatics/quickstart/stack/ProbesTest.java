package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final HttpServer server;
    private volatile String body = "{\"publicKey\":\"a2V5\"}";

    ProbesTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] answer = this.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(asked.incrementAndGet() < 3 ? 503 : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void what_the_controller_asks_at_a_start_is_asked_again_until_it_is_answered() {
        assertThat(Probes.asController(Callers.said(), url(), Duration.ofSeconds(20)))
                .hasValueSatisfying(answer ->
                        assertThat(answer.path("publicKey").asString()).isEqualTo("a2V5"));
        assertThat(asked).hasValue(3);
    }

    @Test
    void patience_ends() {
        assertThat(Probes.asController(Callers.said(), url(), Duration.ZERO)).isEmpty();
    }

    @Test
    void a_service_whose_only_trouble_is_old_backups_has_started_so_that_one_can_be_made() {
        assertThat(started("{\"components\":{\"log\":{\"status\":\"UP\"},\"backups\":{\"status\":\"DOWN\"}}}"))
                .isTrue();
        assertThat(started("{\"components\":{\"log\":{\"status\":\"DOWN\"},\"backups\":{\"status\":\"UP\"}}}"))
                .isFalse();
        assertThat(started("{\"status\":\"OUT_OF_SERVICE\"}")).isFalse();
        assertThat(started("starting")).isFalse();
    }

    private boolean started(String unready) {
        body = unready;
        asked.set(0);
        return Probes.started(url().replaceAll("/$", "")).ready();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }
}
