package eu.diplomatics.quickstart.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.QuickstartApplication;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.RunState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk must be able to fail: here against a registry that gives one answer to everything. */
class DemoTest {
    private static final byte[] ANSWER =
            "{\"state\":\"DONE\",\"version\":1,\"keys\":[]}".getBytes(StandardCharsets.UTF_8);

    @Test
    void the_command_fails_and_says_where_an_answer_is_not_as_expected(@TempDir Path directory) throws Exception {
        Layout layout = new Layout(directory);
        layout.create();
        int base = Ports.free() / 10 * 10;
        HttpServer registry = always(base);
        HttpServer query = always(base + 1);
        try {
            new RunState(layout).write(new Addresses(base), true);
            Process demo = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            QuickstartApplication.class.getName(),
                            "demo",
                            "--home",
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(demo.waitFor()).as(said).isEqualTo(1);
            assertThat(said)
                    .contains("NOT AS EXPECTED: created: wanted 201, got 200", "answers as expected")
                    .doesNotContain("Exception");
        } finally {
            registry.stop(0);
            query.stop(0);
        }
    }

    private static HttpServer always(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
            exchange.close();
        });
        server.start();
        return server;
    }
}
