package eu.diplomatics.quickstart.caller;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the provider as a client does that tries what it may not. */
public final class ProviderCalls {
    private final String provider;
    private final CallerKeys keys;
    private final TokenDesk desk;
    private final HttpClient client = HttpClient.newHttpClient();

    public ProviderCalls(String provider, CallerKeys keys) {
        this.provider = provider;
        this.keys = keys;
        this.desk = new TokenDesk(provider, keys);
    }

    /** By its key and in its name. */
    public String assertion(String name) throws IOException {
        return Signed.assertion(keys.key(name), name, provider);
    }

    /** What the provider answers when asked for a token, refusals too. */
    public JsonNode token(String name, String assertion, boolean withProof, Map<String, String> fields)
            throws IOException, InterruptedException {
        return ask(desk.metadata().token(), name, assertion, withProof, fields);
    }

    /** What the provider answers to a request that the portal pushes, refusals too. */
    public JsonNode push(Map<String, String> fields) throws IOException, InterruptedException {
        return ask(desk.metadata().pushed(), CallerKeys.PORTAL, assertion(CallerKeys.PORTAL), true, fields);
    }

    private JsonNode ask(String address, String name, String assertion, boolean withProof, Map<String, String> fields)
            throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("client_id", name);
        all.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        all.put("client_assertion", assertion);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(TokenDesk.form(all)));
        if (withProof) {
            request.header("DPoP", Signed.proof(keys.key(name), "POST", address, null));
        }
        return JsonMapper.shared()
                .readTree(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    /** The answer to a person who signs in. */
    public JsonNode signIn(String person) throws IOException, InterruptedException {
        return desk.ofPerson(person, "query");
    }

    /** Whether a browser that begins with these fields is shown a page to sign in. */
    public boolean asksToSignIn(Map<String, String> fields) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(desk.metadata().authorization() + "?" + TokenDesk.form(fields)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200
                || answer.headers().firstValue("Location").orElse("").endsWith("/login");
    }
}
