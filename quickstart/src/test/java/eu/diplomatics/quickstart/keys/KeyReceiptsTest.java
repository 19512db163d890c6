package eu.diplomatics.quickstart.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import eu.diplomatics.quickstart.caller.Callers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R17: {@code ./dev keys receipts}, against a registry that has one receipt and refuses the next. */
class KeyReceiptsTest {
    private static final String KEPT = """
            {"receipts":[{"label":"epoch-2026-11-22","custodian":"local","rule":"EXCEPTION",\
            "destroyedAt":"2026-11-26T12:00:00.5Z","statement":"{}","signature":"AA==","receiptHash":"0a",\
            "inventoryHash":"0b","inventory":{"statement":"{}","signature":"AA=="}}]}""";

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<String> brought = new ArrayList<>();
    private HttpServer registry;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/v1/keys/receipts", this::answer);
        registry.start();
    }

    @AfterEach
    void stop() {
        registry.stop(0);
    }

    @Test
    void withoutAnythingItListsWhatIsGone() throws Exception {
        assertThat(run()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("epoch-2026-11-22", "local", "EXCEPTION", "2026-11-26T12:00:00Z", "not yet");
        assertThat(brought).isEmpty();
    }

    @Test
    void withAFileItBringsWhatTheCustodianPrintedAndNothingElse() throws Exception {
        Path file = Files.writeString(directory.resolve("receipt"), """
                {
                  "statement" : "{\\"label\\":\\"epoch-2026-11-22\\"}",
                  "signature" : "AQID"
                }
                """);
        assertThat(run(file.toString())).isZero();
        assertThat(brought).hasSize(1);
        JsonNode body = JsonMapper.shared().readTree(brought.getFirst());
        assertThat(body.path("statement").asString()).isEqualTo("{\"label\":\"epoch-2026-11-22\"}");
        assertThat(body.path("signature").asString()).isEqualTo("AQID");

        status = 422;
        assertThatThrownBy(() -> run(file.toString())).isInstanceOf(IOException.class);
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> run(file.toString())).as("no receipt").isInstanceOf(IOException.class);
        assertThat(brought).as("nothing was sent").hasSize(2);
    }

    @Test
    void withLabelAndSiteItPrintsThatOneWhole() throws Exception {
        assertThat(run("epoch-2026-11-22", "local")).isZero();
        assertThat(JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8)))
                .isEqualTo(JsonMapper.shared().readTree(KEPT).at("/receipts/0"));
        assertThatThrownBy(() -> run("epoch-2026-11-22", "local-2")).isInstanceOf(IOException.class);
    }

    private int run(String... words) throws IOException, InterruptedException {
        out.reset();
        List<String> all = new ArrayList<>(List.of("receipts"));
        all.addAll(List.of(words));
        String url = "http://127.0.0.1:" + registry.getAddress().getPort();
        return new KeysCommand(Callers.said(), url, url, new PrintStream(out, true, StandardCharsets.UTF_8))
                .run(all, false);
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            brought.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        }
        byte[] body = KEPT.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
