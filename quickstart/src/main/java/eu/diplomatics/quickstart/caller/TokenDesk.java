package eu.diplomatics.quickstart.caller;

import com.nimbusds.jose.jwk.ECKey;
import java.io.IOException;
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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets tokens of a provider, the quickstart's own or another that knows the same systems and people: for systems by a signed
 * assertion, for people as their browser would, by pushed request, page to sign in, and code (RFC 9126, RFC 7636). Where it
 * answers what, it says in its metadata (OpenID Connect Discovery 1.0).
 */
public final class TokenDesk {
    /** Where the provider sends people back to; nothing listens there, the code is read from the answer. */
    public static final String RETURN = "http://127.0.0.1/signed-in";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern FORM = Pattern.compile("<form[^>]* action=\"([^\"]+)\"");
    private static final Pattern HIDDEN = Pattern.compile("<input[^>]* type=\"hidden\"[^>]*>");
    private static final Pattern NAME = Pattern.compile(" name=\"([^\"]+)\"");
    private static final Pattern VALUE = Pattern.compile(" value=\"([^\"]*)\"");
    private static final int MOST_REDIRECTS = 5;
    private static final String ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final int OK = 200;
    private static final int CREATED = 201;

    private final String provider;
    private final CallerKeys keys;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
    private volatile @Nullable Metadata metadata;

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
        ECKey key = keys.key(name);
        Instant asked = Instant.now();
        JsonNode answer = system
                ? redeem(name, Map.of("grant_type", "client_credentials", "scope", scope))
                : ofPerson(caller, scope);
        return new Token(
                answer.path("access_token").asString(""),
                key,
                asked.plusSeconds(answer.path("expires_in").asLong(0)));
    }

    /** The provider's whole answer. */
    JsonNode ofPerson(String person, String scope) throws IOException, InterruptedException {
        ECKey key = keys.key(CallerKeys.PORTAL);
        String verifier = Signed.digest(UUID.randomUUID() + "" + UUID.randomUUID());
        JsonNode pushed = post(
                metadata().pushed(),
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
                .cookieHandler(new LoopbackCookies(URI.create(provider)))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
            URI begin = URI.create(metadata().authorization() + "?"
                    + form(Map.of("client_id", CallerKeys.PORTAL, "request_uri", request)));
            HttpResponse<String> page = follow(browser, html(begin).build());
            Matcher form = FORM.matcher(page.body());
            if (!form.find()) {
                throw new IOException("the provider answered " + page.statusCode() + " and no page to sign in: "
                        + returned(page).getOrDefault("error", ""));
            }
            Map<String, String> fields = new LinkedHashMap<>(hidden(page.body()));
            fields.put("username", person);
            fields.put("password", keys.password());
            HttpResponse<String> answer = follow(
                    browser,
                    html(page.uri().resolve(form.group(1).replace("&amp;", "&")))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form(fields)))
                            .build());
            Map<String, String> said = returned(answer);
            if (said.isEmpty()) {
                throw new IllegalArgumentException("the provider does not know " + person.replaceAll(":.*", "")
                        + " by this id; people are citizen:INSZ (test numbers), delegate:INSZ:INSZ, case-worker:AGENCY,"
                        + " institution-clerk:SUPPLIER, controller:ID, dpo:ID, auditor:ID, operator:ID");
            }
            String code = said.get("code");
            if (code == null) {
                throw new IOException("the provider answered without a code: " + said.getOrDefault("error", ""));
            }
            return code;
        }
    }

    /** What the browser brings back to the portal; empty where it was not sent back. */
    private static Map<String, String> returned(HttpResponse<String> answer) {
        String back = answer.headers().firstValue("Location").orElse("");
        if (!back.startsWith(RETURN)) {
            return Map.of();
        }
        return Arrays.stream(String.valueOf(URI.create(back).getRawQuery()).split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static Map<String, String> hidden(String page) {
        Map<String, String> fields = new LinkedHashMap<>();
        HIDDEN.matcher(page).results().map(MatchResult::group).forEach(input -> {
            Matcher name = NAME.matcher(input);
            Matcher value = VALUE.matcher(input);
            if (name.find()) {
                fields.put(name.group(1), value.find() ? value.group(1) : "");
            }
        });
        return fields;
    }

    /** From page to page, until one is shown or the browser is sent back to the portal. */
    private static HttpResponse<String> follow(HttpClient browser, HttpRequest request)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = browser.send(request, HttpResponse.BodyHandlers.ofString());
        for (int i = 0; i < MOST_REDIRECTS; i++) {
            String next = answer.headers().firstValue("Location").orElse(RETURN);
            if (next.startsWith(RETURN)) {
                return answer;
            }
            answer = browser.send(html(answer.uri().resolve(next)).build(), HttpResponse.BodyHandlers.ofString());
        }
        throw new IOException("the provider sends its caller round in a circle");
    }

    private static HttpRequest.Builder html(URI address) {
        return HttpRequest.newBuilder(address).timeout(LIMIT).header("Accept", "text/html");
    }

    /** Where the provider takes what. */
    record Metadata(String pushed, String authorization, String token) {}

    Metadata metadata() throws IOException, InterruptedException {
        Metadata known = metadata;
        if (known == null) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(provider + "/.well-known/openid-configuration"))
                            .timeout(LIMIT)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != OK) {
                throw new IOException("the provider answered " + answer.statusCode() + " when asked for its metadata");
            }
            JsonNode said = JsonMapper.shared().readTree(answer.body());
            known = new Metadata(
                    said.path("pushed_authorization_request_endpoint").asString(""),
                    said.path("authorization_endpoint").asString(""),
                    said.path("token_endpoint").asString(""));
            metadata = known;
        }
        return known;
    }

    private JsonNode redeem(String name, Map<String, String> fields) throws IOException, InterruptedException {
        return post(metadata().token(), name, keys.key(name), fields, OK);
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

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
