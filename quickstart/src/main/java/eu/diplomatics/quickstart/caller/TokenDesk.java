package eu.diplomatics.quickstart.caller;

import com.nimbusds.jose.jwk.ECKey;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets tokens of the quickstart's provider: for systems by a signed assertion, for people as their browser would, by
 * pushed request, page to sign in, and code (RFC 9126, RFC 7636).
 */
public final class TokenDesk {
    /** Where the provider sends people back to; nothing listens there, the code is read from the answer. */
    public static final String RETURN = "http://127.0.0.1/signed-in";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final String ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final int OK = 200;
    private static final int CREATED = 201;

    private final String provider;
    private final CallerKeys keys;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    public TokenDesk(String provider, CallerKeys keys) {
        this.provider = provider;
        this.keys = keys;
    }

    /** A token, the key it is bound to, and until when. */
    public record Token(String text, ECKey key, Instant until) {
        @Override
        public String toString() {
            return "Token[until " + until + "]";
        }
    }

    /**
     * For {@code supplier:ID} and {@code agency:ID} one of their system, for everybody else one of a person who signs in.
     *
     * @param scope what it is to be for: {@code registry}, {@code query}, or both with a space between
     */
    public Token token(String caller, String scope) throws IOException, InterruptedException {
        boolean system = caller.startsWith("supplier:") || caller.startsWith("agency:");
        String name = system ? caller.replaceFirst(":", "-") : CallerKeys.PORTAL;
        Instant asked = Instant.now();
        JsonNode answer = system
                ? redeem(name, Map.of("grant_type", "client_credentials", "scope", scope))
                : ofPerson(caller, scope);
        return new Token(
                answer.path("access_token").asString(""),
                keys.key(name),
                asked.plusSeconds(answer.path("expires_in").asLong(0)));
    }

    /** The provider's whole answer. */
    JsonNode ofPerson(String person, String scope) throws IOException, InterruptedException {
        ECKey key = keys.key(CallerKeys.PORTAL);
        String verifier = Signed.digest(UUID.randomUUID() + "" + UUID.randomUUID());
        JsonNode pushed = post(
                provider + "/oauth2/par",
                CallerKeys.PORTAL,
                key,
                Map.of(
                        "response_type",
                        "code",
                        "redirect_uri",
                        RETURN,
                        "scope",
                        "openid " + scope,
                        "state",
                        "quickstart",
                        "code_challenge",
                        Signed.digest(verifier),
                        "code_challenge_method",
                        "S256"),
                CREATED);
        String code = signIn(person, pushed.path("request_uri").asString(""));
        return redeem(
                CallerKeys.PORTAL,
                Map.of(
                        "grant_type", "authorization_code",
                        "code", code,
                        "redirect_uri", RETURN,
                        "code_verifier", verifier));
    }

    /** What the person's browser does. */
    private String signIn(String person, String request) throws IOException, InterruptedException {
        try (HttpClient browser = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
            String begin = provider + "/oauth2/authorize?"
                    + form(Map.of("client_id", CallerKeys.PORTAL, "request_uri", request));
            browser.send(html(begin).build(), HttpResponse.BodyHandlers.discarding());
            String page = browser.send(html(provider + "/login").build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher csrf = CSRF.matcher(page);
            if (!csrf.find()) {
                throw new IOException("the provider shows no page to sign in");
            }
            String location = location(browser.send(
                    html(provider + "/login")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form(
                                    Map.of("username", person, "password", keys.password(), "_csrf", csrf.group(1)))))
                            .build(),
                    HttpResponse.BodyHandlers.discarding()));
            if (!location.startsWith(provider + "/oauth2/authorize")) {
                throw new IllegalArgumentException("the provider does not know " + person.replaceAll(":.*", "")
                        + " by this id; people are citizen:INSZ (test numbers), delegate:INSZ:INSZ, case-worker:AGENCY,"
                        + " institution-clerk:SUPPLIER, controller:ID, dpo:ID, auditor:ID, operator:ID");
            }
            String back = location(browser.send(html(location).build(), HttpResponse.BodyHandlers.discarding()));
            Map<String, String> answer = Arrays.stream(
                            String.valueOf(URI.create(back).getRawQuery()).split("&"))
                    .map(pair -> pair.split("=", 2))
                    .filter(pair -> pair.length == 2)
                    .collect(Collectors.toMap(
                            pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
            String code = answer.get("code");
            if (!back.startsWith(RETURN) || code == null) {
                throw new IOException("the provider answered without a code: " + answer.getOrDefault("error", ""));
            }
            return code;
        }
    }

    private static HttpRequest.Builder html(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(LIMIT).header("Accept", "text/html");
    }

    private static String location(HttpResponse<?> answer) throws IOException {
        return answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IOException("the provider answered " + answer.statusCode()));
    }

    private JsonNode redeem(String name, Map<String, String> fields) throws IOException, InterruptedException {
        return post(provider + "/oauth2/token", name, keys.key(name), fields, OK);
    }

    private JsonNode post(String address, String name, ECKey key, Map<String, String> fields, int expected)
            throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("client_id", name);
        all.put("client_assertion_type", ASSERTION);
        all.put("client_assertion", Signed.assertion(key, name, provider));
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(LIMIT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("DPoP", Signed.proof(key, "POST", address, null))
                .POST(HttpRequest.BodyPublishers.ofString(form(all)))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IOException("the provider answered " + answer.statusCode() + ": " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
