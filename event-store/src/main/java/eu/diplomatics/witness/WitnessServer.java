package eu.diplomatics.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The witness over HTTP: {@code POST /add-checkpoint}, and {@code GET /key} for whoever sets a registry up. */
final class WitnessServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessServer.class);
    private static final int BACKLOG = 16;
    private static final int STOP_SECONDS = 1;

    private final Witness witness;
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private WitnessServer(Witness witness, HttpServer server) {
        this.witness = witness;
        this.server = server;
        server.setExecutor(executor);
        server.createContext("/add-checkpoint", exchange -> answer(exchange, "POST", this::addCheckpoint));
        server.createContext(
                "/key",
                exchange -> answer(
                        exchange,
                        "GET",
                        body -> Witness.Answer.cosigned(witness.key().text() + "\n")));
    }

    /**
     * @param tls shows the witness's certificate and asks for the registry's; without it, only this machine is served
     * @throws IllegalArgumentException without it, for an address that others reach
     */
    static WitnessServer start(Witness witness, InetSocketAddress address, @Nullable SSLContext tls)
            throws IOException {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("--address is none that this machine knows");
        }
        if (tls == null && !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("an address that others reach needs --tls-keys and --tls-trust");
        }
        WitnessServer server =
                new WitnessServer(witness, tls == null ? HttpServer.create(address, BACKLOG) : behind(tls, address));
        server.server.start();
        return server;
    }

    private static HttpServer behind(SSLContext tls, InetSocketAddress address) throws IOException {
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters connection) {
                SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
                parameters.setProtocols(new String[] {"TLSv1.3"});
                parameters.setNeedClientAuth(true);
                connection.setSSLParameters(parameters);
            }
        });
        return server;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private interface Handler {
        Witness.Answer answer(byte[] body) throws IOException;
    }

    private Witness.Answer addCheckpoint(byte[] body) throws IOException {
        if (body.length > Witness.Request.MAX_BYTES) {
            return Witness.Answer.refused(413, "too large");
        }
        return witness.addCheckpoint(body);
    }

    private static void answer(HttpExchange exchange, String method, Handler handler) throws IOException {
        Witness.Answer answer;
        String path = exchange.getRequestURI().getPath();
        try (InputStream in = exchange.getRequestBody()) {
            if (!path.equals(exchange.getHttpContext().getPath())) {
                answer = Witness.Answer.refused(404, "nothing here");
            } else if (!exchange.getRequestMethod().equals(method)) {
                answer = Witness.Answer.refused(405, "another method");
            } else {
                answer = handler.answer(in.readNBytes(Witness.Request.MAX_BYTES + 1));
            }
        } catch (IOException e) {
            LOG.error("not answered: {}", e.getClass().getSimpleName());
            answer = Witness.Answer.refused(500, "the witness cannot keep what it saw");
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(STOP_SECONDS);
        executor.close();
        witness.close();
    }
}
