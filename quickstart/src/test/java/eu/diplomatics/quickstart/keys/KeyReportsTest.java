package eu.diplomatics.quickstart.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.quickstart.caller.Callers;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an audit of keys says of a service that does not tell everything: never that all is well, never that a fault was found. */
class KeyReportsTest {
    private static final String HOLDING =
            "{\"holding\":{\"store\":\"s\",\"artefact\":\"a\",\"key\":\"k\",\"version\":\"1\",\"rows\":3}}\n";
    private static final String END =
            "{\"end\":{\"takenAt\":\"2026-11-22T18:00:00Z\",\"holdings\":1,\"findings\":0}}\n";
    private static final String FINDING =
            "{\"finding\":{\"code\":\"KEK_OLD\",\"where\":\"s.a\",\"rows\":3,\"detail\":\"d\"}}\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final CountDownLatch heldOpen = new CountDownLatch(1);
    private final List<ServerSocket> servers = new ArrayList<>();
    private final ExecutorService services = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @AfterEach
    void close() throws IOException {
        heldOpen.countDown();
        for (ServerSocket server : servers) {
            server.close(); // one that was never asked would wait for ever
        }
        services.close();
        client.close();
    }

    @Test
    void a_whole_report_ends_with_0_and_one_with_a_finding_with_1() throws Exception {
        assertThat(audit(Duration.ofSeconds(20), service(HOLDING + END, How.WHOLE)))
                .isZero();
        assertThat(audit(Duration.ofSeconds(20), service(HOLDING + FINDING + END, How.WHOLE)))
                .isEqualTo(1);
    }

    @Test
    void one_that_ends_too_early_in_whatever_way_is_told_as_that() throws IOException {
        for (String service : new String[] {
            service(HOLDING, How.WHOLE),
            service(HOLDING, How.CUT),
            service(HOLDING + "{\"holding\":{\"sto", How.WHOLE),
            service(HOLDING + "{\"holding\":{\"sto", How.CUT)
        }) {
            assertThatThrownBy(() -> audit(Duration.ofSeconds(20), service))
                    .isInstanceOf(IOException.class)
                    .hasMessage(service + " stopped before the end; ask again");
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void one_that_says_nothing_more_is_not_waited_for_for_ever() throws IOException {
        String service = service(HOLDING, How.STALLED);
        assertThatThrownBy(() -> audit(Duration.ofSeconds(2), service))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(service + " was not done within ");
    }

    private int audit(Duration limit, String service) throws IOException, InterruptedException {
        return new KeyReports(Callers.said(), client, limit, new PrintStream(out, true, StandardCharsets.UTF_8))
                .audit(service);
    }

    private enum How {
        WHOLE,
        CUT,
        STALLED
    }

    /** Answers one request with this, in one chunk. */
    private String service(String text, How how) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        servers.add(server);
        Future<?> unused = services.submit(() -> {
            try (server;
                    Socket socket = server.accept()) {
                BufferedReader request =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                while (!request.readLine().isEmpty()) {
                    // a header
                }
                OutputStream answer = socket.getOutputStream();
                answer.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + Integer.toHexString(text.length()) + "\r\n" + text + "\r\n"
                                + (how == How.WHOLE ? "0\r\n\r\n" : ""))
                        .getBytes(StandardCharsets.US_ASCII));
                answer.flush();
                if (how == How.STALLED) {
                    heldOpen.await();
                }
            }
            return null;
        });
        return "http://127.0.0.1:" + server.getLocalPort();
    }
}
