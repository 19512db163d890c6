package eu.diplomatics.portal.registry;

import eu.diplomatics.portal.PortalSettings;
import eu.diplomatics.portal.page.Failure;
import eu.diplomatics.portal.page.FailureException;
import eu.diplomatics.portal.signin.AccessTokens;
import eu.diplomatics.portal.signin.Representing;
import eu.diplomatics.portal.signin.SignedIn;
import eu.diplomatics.portal.signin.StepUp;
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
import tools.jackson.databind.JsonNode;
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
        return consult(visitor, Why.OWN, visitor.party());
    }

    /** All that is registered for the person for whom a delegate asks. */
    public Consultation represented(SignedIn visitor, Representing representing) {
        return consult(visitor, Why.FOR_ANOTHER, representing.person());
    }

    /**
     * What is answered about somebody.
     *
     * @throws RefusedException where staff who ask can do something about it; of citizens it is the page's failure
     */
    public Consultation consult(SignedIn visitor, Why why, String insz) {
        return post(visitor, why, "/v1/consultations", Map.of("insz", insz), Consultation.class);
    }

    /** Yes or no about somebody; refused as {@link #consult}. */
    public Verdict decide(SignedIn visitor, Why why, String insz, Question question) {
        return post(
                visitor, why, "/v1/predicates", Map.of("insz", insz, "question", question.wording()), Verdict.class);
    }

    /** A page of the access log; refused as {@link #consult}. */
    public FoundAccesses search(SignedIn visitor, Why why, Search search) {
        return post(visitor, why, "/v1/access-log/search", search.body(), FoundAccesses.class);
    }

    /** All versions of a qualification; refused as {@link #consult}. */
    public History history(SignedIn visitor, Why why, String reference) {
        return get(visitor, why.headers(), "/v1/qualifications/" + reference + "/history", History.class);
    }

    /** For which purposes the agency of who asks may ask what. */
    public MyMandates mandates(SignedIn visitor) {
        return get(visitor, Map.of(), "/v1/mandates/mine", MyMandates.class);
    }

    /** Whether the access log is sealed as it should be. */
    public Seal seal(SignedIn visitor) {
        return get(visitor, Map.of(), "/v1/access-log/seal", Seal.class);
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
        return ask(visitor, Why.OWN.headers(), HttpRequest.newBuilder(page).GET(), where, MyAccesses.class);
    }

    private <T> T get(SignedIn visitor, Map<String, String> why, String path, Class<T> type) {
        URI where = address.resolve(path);
        return ask(visitor, why, HttpRequest.newBuilder(where).GET(), where, type);
    }

    private <T> T post(SignedIn visitor, Why why, String path, Map<String, ?> body, Class<T> type) {
        URI where = address.resolve(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(where)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body), StandardCharsets.UTF_8));
        return ask(visitor, why.headers(), request, where, type);
    }

    private <T> T ask(
            SignedIn visitor, Map<String, String> why, HttpRequest.Builder request, URI proven, Class<T> type) {
        why.forEach(request::header);
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
            throw refused(visitor, answer);
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

    private static RuntimeException refused(SignedIn visitor, HttpResponse<byte[]> answer) {
        Refusal refusal = refusal(answer);
        if (refusal.code().equals("SIGN_IN_AGAIN")) {
            LOG.info("the query-service asks for a fresher sign-in");
            visitor.wants(
                    StepUp.of(answer.headers().firstValue("WWW-Authenticate").orElse("")));
            return new FailureException(Failure.SIGN_IN_AGAIN);
        }
        if (refusal.code().startsWith("DELEGATION_")) {
            LOG.info("the query-service refused: {}", refusal.code());
            return new FailureException(Failure.NOT_REPRESENTING);
        }
        if (visitor.isStaff() && Refusal.CODES.contains(refusal.code())) {
            LOG.info("the query-service refused: {}", refusal.code());
            return new RefusedException(refusal);
        }
        LOG.warn("the query-service answered {} {}", refusal.status(), refusal.code());
        return new FailureException(
                switch (refusal.status()) {
                    case 400 -> Failure.NOT_UNDERSTOOD;
                    case 401 -> Failure.SIGNED_OUT;
                    case 403 -> visitor.part().equals(SignedIn.CITIZEN) ? Failure.NOT_A_CITIZEN : Failure.NOT_FOR_YOU;
                    case 429 -> Failure.BUSY;
                    case 422, 502, 503, 504 -> Failure.REGISTRY_AWAY;
                    default -> Failure.BROKEN;
                });
    }

    /** Codes and places are of short lists; everything else of a problem stays out of log and page. */
    private static Refusal refusal(HttpResponse<byte[]> answer) {
        String code = "";
        String pointer = "";
        try {
            JsonNode problem = JSON.readTree(answer.body());
            code = problem.path("code").asString("");
            pointer = problem.at("/errors/0/pointer").asString("");
        } catch (JacksonException e) {
            // no problem of the query-service's: then the status says enough
        }
        return new Refusal(
                answer.statusCode(),
                code.matches("[A-Z_]{1,60}") ? code : "",
                pointer.matches("[A-Za-z/]{1,60}") ? pointer : "");
    }
}
