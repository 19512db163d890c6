package eu.diplomatics.quickstart.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CanaryTest {
    private HttpServer query;
    private String answer = "{}";

    @BeforeEach
    void open() throws IOException {
        query = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        query.createContext("/v1/consultations", exchange -> {
            JsonNode asked = JsonMapper.shared().readTree(exchange.getRequestBody());
            byte[] body =
                    answer.replace("INSZ", asked.path("insz").asString("")).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        query.start();
    }

    @AfterEach
    void close() {
        query.stop(0);
    }

    @Test
    void no_canary_can_be_a_person() {
        for (Canary canary : Canary.all()) {
            assertThat(Insz.parse(canary.insz(), true)).isInstanceOf(Checked.Valid.class);
            assertThat(Insz.parse(canary.insz(), false)).isNotInstanceOf(Checked.Valid.class);
            assertThat(Integer.parseInt(canary.insz().substring(2, 4))).isBetween(61, 72);
        }
    }

    @Test
    void what_is_answered_otherwise_is_named() throws Exception {
        String questions = Canaries.questions();
        assertThat(ask(questions)).containsExactly("canary-1", "canary-2");
        answer = """
                {"qualifications": [
                  {"supplierReference": "canary-1", "state": "REGISTERED", "basis": {"fullName": "Master of Science in de sociologie"}},
                  {"supplierReference": "canary-2", "state": "REGISTERED", "basis": {"fullName": "Master of Science in de sociologie"}}]}""";
        assertThat(ask(questions)).as("it was annulled").containsExactly("canary-2");
        answer = answer.replace("\"canary-2\", \"state\": \"REGISTERED\"", "\"canary-2\", \"state\": \"ANNULLED\"");
        assertThat(ask(questions)).isEmpty();
    }

    private Iterable<String> ask(String questions) throws Exception {
        return new Canaries(Callers.said())
                .ask("http://127.0.0.1:" + query.getAddress().getPort(), questions).stream()
                        .filter(each -> !each.isAsWanted())
                        .map(Canaries.Answer::name)
                        .toList();
    }
}
