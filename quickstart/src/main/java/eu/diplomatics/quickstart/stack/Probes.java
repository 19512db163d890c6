package eu.diplomatics.quickstart.stack;

import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.quickstart.caller.Callers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Quick looks at whether something on loopback does its work. */
final class Probes {
    private static final int CONNECT_MILLIS = 500;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);
    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final int OK = 200;
    private static final Set<String> UNREADY = Set.of("DOWN", "OUT_OF_SERVICE", "");
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMillis(CONNECT_MILLIS))
            .build();

    private Probes() {}

    static Child.Probe listens(int port) {
        return () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_MILLIS);
                return true;
            } catch (IOException e) {
                return false;
            }
        };
    }

    /** A service whose readiness says yes. */
    static Child.Probe healthy(String url) {
        return () -> get(url + "/actuator/health/readiness").isPresent();
    }

    /**
     * A service that has started: ready, or not ready because its backups are too old. One can only be made while it
     * runs.
     */
    static Child.Probe started(String url) {
        return () -> answer(url + "/actuator/health/readiness")
                .map(Probes::startedBy)
                .orElse(false);
    }

    private static boolean startedBy(HttpResponse<String> answer) {
        if (answer.statusCode() == OK) {
            return true;
        }
        try {
            JsonNode components = JsonMapper.shared().readTree(answer.body()).path("components");
            return !components.isEmpty()
                    && components
                            .propertyStream()
                            .filter(component -> !component.getKey().equals("backups"))
                            .noneMatch(component -> UNREADY.contains(
                                    component.getValue().path("status").asString("")));
        } catch (JacksonException e) {
            return false;
        }
    }

    /** A site of the custodian that can use its keys. */
    static Child.Probe custodian(Layout layout, CustodianSite site, Addresses addresses) {
        return () -> {
            if (!listens(site.port(addresses)).ready()) {
                return false;
            }
            LocalAuthority authority = LocalAuthority.at(layout.certificates());
            try (HttpsCustodian custodian = new HttpsCustodian(
                    List.of(URI.create(site.url(addresses))),
                    authority.keyStore("operator"),
                    authority.trustStore(),
                    authority.password(),
                    Duration.ofMillis(CONNECT_MILLIS),
                    ANSWER_LIMIT)) {
                custodian.checkReady();
                return true;
            } catch (KeysUnavailableException | IllegalArgumentException | UncheckedIOException e) {
                return false;
            }
        };
    }

    /** What the registry answers to the controller, nothing when it does not. */
    static Optional<JsonNode> asController(Callers callers, String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(ANSWER_LIMIT)
                    .header(Callers.HEADER, "controller:operator")
                    .build();
            HttpResponse<String> response = CLIENT.send(callers.prove(request), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == OK
                    ? Optional.of(JsonMapper.shared().readTree(response.body()))
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** The same, asked again until there is an answer or patience ends: a first answer can take its time. */
    static Optional<JsonNode> asController(Callers callers, String url, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<JsonNode> answer = asController(callers, url);
            if (answer.isPresent()
                    || System.nanoTime() > deadline
                    || Thread.currentThread().isInterrupted()) {
                return answer;
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    /** What a service answers, nothing when it does not. */
    static Optional<JsonNode> json(String url) {
        try {
            return get(url).map(JsonMapper.shared()::readTree);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    static Optional<String> get(String url) {
        return answer(url).filter(answer -> answer.statusCode() == OK).map(HttpResponse::body);
    }

    private static Optional<HttpResponse<String>> answer(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_LIMIT).build();
        try {
            return Optional.of(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
