package eu.diplomatics.quickstart.caller;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says in a request who calls, the way the services of this installation want it. Commands write {@code X-Caller: ROLE:ID}
 * into every request and send what {@link #prove} makes of it; so this is the only place that knows of tokens.
 */
public final class Callers {
    public static final String HEADER = "X-Caller";

    private static final Duration LEAST_LEFT = Duration.ofSeconds(30);
    private static final String EVERYTHING = "registry query";
    private static final Callers SAID = new Callers(null, EVERYTHING);

    private final @Nullable TokenDesk desk;
    private final String scope;
    private final Map<String, TokenDesk.Token> tokens = new ConcurrentHashMap<>();

    private Callers(@Nullable TokenDesk desk, String scope) {
        this.desk = desk;
        this.scope = scope;
    }

    /** By the header, which the services take at its word. */
    public static Callers said() {
        return SAID;
    }

    /**
     * By access tokens, each bound to a key.
     *
     * @param keys the folder with the keys of the sample systems
     */
    public static Callers byTokens(String provider, Path keys) {
        return byTokens(provider, keys, EVERYTHING);
    }

    /** As the other, with tokens for some services only. */
    public static Callers byTokens(String provider, Path keys, String scope) {
        return new Callers(new TokenDesk(provider, new CallerKeys(keys)), scope);
    }

    /** The header by which a request says who calls, for people to read: a token itself is not theirs. */
    public String shown(String caller) {
        return desk == null
                ? HEADER + ": " + caller
                : "Authorization: DPoP …   and DPoP: …   as ./dev token " + caller + " gets them";
    }

    /** The token alone, which without its key is worth nothing. */
    public String token(String caller) throws IOException, InterruptedException {
        if (desk == null) {
            throw new IllegalStateException("there are no tokens here");
        }
        return token(desk, caller).text();
    }

    /** The request to send, once: a proof is good for one. */
    public HttpRequest prove(HttpRequest request) throws IOException, InterruptedException {
        String caller = request.headers().firstValue(HEADER).orElse(null);
        if (desk == null || caller == null) {
            return request;
        }
        HttpRequest.Builder proven = HttpRequest.newBuilder(request, (name, value) -> !name.equalsIgnoreCase(HEADER));
        headers(caller, request.method(), request.uri()).forEach(proven::header);
        return proven.build();
    }

    /** The headers of one request that say who calls. */
    public Map<String, String> headers(String caller, String method, URI address)
            throws IOException, InterruptedException {
        if (desk == null) {
            return Map.of(HEADER, caller);
        }
        TokenDesk.Token token = token(desk, caller);
        return Map.of(
                "Authorization",
                "DPoP " + token.text(),
                "DPoP",
                Signed.proof(token.key(), method, address.toString().replaceAll("[?#].*", ""), token.text()));
    }

    private TokenDesk.Token token(TokenDesk desk, String caller) throws IOException, InterruptedException {
        TokenDesk.Token known = tokens.get(caller);
        if (known == null || known.until().minus(LEAST_LEFT).isBefore(Instant.now())) {
            known = desk.token(caller, scope);
            tokens.put(caller, known);
        }
        return known;
    }
}
