package eu.diplomatics.quickstart.caller;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the provider as a client does that tries what it may not. */
public final class ProviderCalls {
    private final String provider;
    private final CallerKeys keys;
    private final HttpClient client = HttpClient.newHttpClient();

    public ProviderCalls(String provider, CallerKeys keys) {
        this.provider = provider;
        this.keys = keys;
    }

    /** By its key and in its name. */
    public String assertion(String name) throws IOException {
        return Signed.assertion(keys.key(name), name, provider);
    }

    /** What the provider answers, refusals too. */
    public JsonNode token(String name, String assertion, boolean withProof, Map<String, String> fields)
            throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("client_id", name);
        all.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        all.put("client_assertion", assertion);
        String address = provider + "/oauth2/token";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(all.entrySet().stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
        if (withProof) {
            request.header("DPoP", Signed.proof(keys.key(name), "POST", address, null));
        }
        return JsonMapper.shared()
                .readTree(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    /** The answer to a person who signs in. */
    public JsonNode signIn(String person) throws IOException, InterruptedException {
        return new TokenDesk(provider, keys).ofPerson(person, "query");
    }

    /** The status that a browser gets which begins with this query. */
    public int authorize(String query) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create(provider + "/oauth2/authorize?" + query))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
