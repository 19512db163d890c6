package eu.diplomatics.portal.registry;

import eu.diplomatics.portal.PortalSettings;
import eu.diplomatics.portal.page.Failure;
import eu.diplomatics.portal.page.FailureException;
import eu.diplomatics.portal.signin.AccessTokens;
import eu.diplomatics.portal.signin.SignedIn;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The query-service, asked by the person who looks at a page: it decides what they may see, and logs that they saw it. An answer
 * that is no answer ends the request with the page that says so.
 */
@Component
public final class QueryService {
    private static final Logger LOG = LoggerFactory.getLogger(QueryService.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long MOST_BYTES = 16L << 20;

    /** What people ask here is logged too, under this purpose. */
    private static final Map<String, String> WHY =
            Map.of("X-Purpose", "own-data", "X-Case", "portal", "X-End-User", "self");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI address;
    private final AccessTokens tokens;
    private final HttpClient client;

    QueryService(PortalSettings settings, AccessTokens tokens, SslBundles bundles) {
        this.address = settings.query();
        this.tokens = tokens;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        String bundle = settings.sslBundle();
        if (bundle != null) {
            builder.sslContext(bundles.getBundle(bundle).createSslContext());
        }
        this.client = builder.build();
    }

    /** All that is registered for the person who asks. */
    public Consultation mine(SignedIn visitor) {
        URI where = address.resolve("/v1/consultations");
        return ask(
                visitor,
                HttpRequest.newBuilder(where)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                JSON.writeValueAsString(Map.of("insz", visitor.party())), StandardCharsets.UTF_8)),
                where,
                Consultation.class);
    }

    /**
     * Who asked about the person who asks.
     *
     * @param cursor {@code next} of the page before; null for the newest
     */
    public MyAccesses accesses(SignedIn visitor, @Nullable String cursor) {
        URI where = address.resolve("/v1/access-log/mine");
        URI page = cursor == null
                ? where
                : URI.create(where + "?cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
        return ask(visitor, HttpRequest.newBuilder(page).GET(), where, MyAccesses.class);
    }

    private <T> T ask(SignedIn visitor, HttpRequest.Builder request, URI proven, Class<T> type) {
        WHY.forEach(request::header);
        request.timeout(LIMIT).header("Accept", "application/json");
        tokens.headers(visitor, request.build().method(), proven).forEach(request::header);
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
        } catch (IOException e) {
            LOG.warn("the query-service does not answer: {}", e.getClass().getSimpleName());
            throw new FailureException(Failure.REGISTRY_AWAY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailureException(Failure.REGISTRY_AWAY);
        }
        if (answer.statusCode() != 200) {
            throw refused(answer);
        }
        try {
            return JSON.readValue(answer.body(), type);
        } catch (JacksonException e) {
            LOG.error(
                    "an answer of the query-service cannot be read: {}",
                    e.getClass().getSimpleName());
            throw new FailureException(Failure.BROKEN);
        }
    }

    private static FailureException refused(HttpResponse<byte[]> answer) {
        LOG.warn("the query-service answered {} {}", answer.statusCode(), code(answer.body()));
        return new FailureException(
                switch (answer.statusCode()) {
                    case 400 -> Failure.NOT_UNDERSTOOD;
                    case 401 -> Failure.SIGNED_OUT;
                    case 403 -> Failure.NOT_A_CITIZEN;
                    case 429 -> Failure.BUSY;
                    case 422, 502, 503, 504 -> Failure.REGISTRY_AWAY;
                    default -> Failure.BROKEN;
                });
    }

    /** Codes are of a short list; everything else of a problem stays out of the log. */
    private static String code(byte[] problem) {
        try {
            String code = JSON.readTree(problem).path("code").asString("");
            return code.matches("[A-Z_]{1,60}") ? code : "";
        } catch (JacksonException e) {
            return "";
        }
    }
}
