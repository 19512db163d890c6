package eu.diplomatics.quickstart.whole;

import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWKSet;
import eu.diplomatics.local.Ports;
import eu.diplomatics.quickstart.caller.CallerKeys;
import eu.diplomatics.quickstart.caller.TokenDesk;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keycloak, as the build unpacks it, on this machine: a provider that knows nothing of ours but the realm it is given, with
 * the systems of an installation and these people. It runs in a copy, so that nothing of it is left behind, and ends when
 * the tests do, however they do.
 */
final class Keycloak implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 3;
    private static final String REALM = "diplomatics";
    /** Runs a command, and asks it to end when nobody holds the other end of its input any more. */
    private static final String WHILE_WE_ARE = """
            exec 3<&0 </dev/null
            (cat <&3 >/dev/null; kill -TERM $$) &
            exec 3<&-
            exec "$@"
            """;

    private final int port = Ports.free();
    private final CallerKeys keys;
    private final Process process;
    private final Path said;

    /** Returns when it answers. */
    static Keycloak start(Path home, CallerKeys keys, List<String> people) throws IOException {
        Path folder = home.resolve("keycloak");
        copy(folder);
        for (int attempt = 1; ; attempt++) {
            Keycloak keycloak = new Keycloak(folder, keys, people);
            try {
                keycloak.awaitReady();
                return keycloak;
            } catch (ConditionTimeoutException | IllegalStateException e) {
                boolean portTaken = !keycloak.process.isAlive() && !Ports.isFree(keycloak.port);
                keycloak.close();
                if (!portTaken || attempt == ATTEMPTS) {
                    throw new IllegalStateException("Keycloak did not start: " + Files.readString(keycloak.said), e);
                }
            }
        }
    }

    private Keycloak(Path folder, CallerKeys keys, List<String> people) throws IOException {
        this.keys = keys;
        this.said = folder.resolve("keycloak.log");
        Path realms = Files.createDirectories(folder.resolve("data").resolve("import"));
        Files.writeString(realms.resolve(REALM + "-realm.json"), realm(people).toString());
        ProcessBuilder builder = new ProcessBuilder(
                        "sh",
                        "-c",
                        WHILE_WE_ARE,
                        "keycloak",
                        "sh",
                        folder.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--import-realm",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--hostname=http://127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx400m");
        builder.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1 -XX:-UsePerfData");
        process = builder.start();
    }

    private static void copy(Path folder) throws IOException {
        Path unpacked = Path.of(Objects.requireNonNull(
                System.getProperty("keycloak.folder"), "the build unpacks Keycloak with -Pkeycloak"));
        try (Stream<Path> all = Files.walk(unpacked)) {
            for (Path each : all.toList()) {
                Files.copy(each, folder.resolve(unpacked.relativize(each)));
            }
        }
    }

    String issuer() {
        return "http://127.0.0.1:" + port + "/realms/" + REALM;
    }

    /** Settings of a service that takes its tokens, beside those of the installation's own provider. */
    Map<String, String> settings() {
        String prefix = "DIPLOMATICS_IDENTITY_ISSUERS_1_";
        return Map.of(
                prefix + "ISSUER",
                issuer(),
                prefix + "KEYS",
                issuer() + "/protocol/openid-connect/certs",
                prefix + "ACR",
                "substantial",
                prefix + "PARTS",
                "institution-system,agency-system,citizen,delegate,case-worker,controller,auditor");
    }

    private void awaitReady() {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest metadata = HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration"))
                    .timeout(Duration.ofSeconds(60))
                    .build();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        if (!process.isAlive()) {
                            throw new IllegalStateException("it ended by itself");
                        }
                        return client.send(metadata, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200;
                    });
        }
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        process.getOutputStream().close();
        try {
            CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private ObjectNode realm(List<String> people) throws IOException {
        ObjectNode realm = JSON.createObjectNode()
                .put("realm", REALM)
                .put("enabled", true)
                .put("sslRequired", "none")
                .put("defaultSignatureAlgorithm", "ES256")
                .put("accessTokenLifespan", 300)
                // a refresh token is good once
                .put("revokeRefreshToken", true)
                .put("refreshTokenMaxReuse", 0);
        realm.putObject("attributes").put("acr.loa.map", "{\"substantial\":1}");
        realm.set("components", JSON.readTree("""
                {"org.keycloak.keys.KeyProvider": [{"name": "ecdsa", "providerId": "ecdsa-generated",
                   "config": {"priority": ["100"], "ecdsaEllipticCurveKey": ["P-256"]}}],
                 "org.keycloak.userprofile.UserProfileProvider": [{"name": "profile", "providerId": "declarative-user-profile",
                   "config": {"kc.user.profile.config":
                     ["{\\"attributes\\":[{\\"name\\":\\"username\\"},{\\"name\\":\\"email\\"}],\\"unmanagedAttributePolicy\\":\\"ADMIN_EDIT\\"}"]}}]}
                """));
        ArrayNode scopes = realm.putArray("clientScopes");
        for (String service : List.of("registry", "query")) {
            ObjectNode scope = scopes.addObject().put("name", service).put("protocol", "openid-connect");
            scope.putObject("attributes").put("include.in.token.scope", "true");
            mapper(
                    scope.putArray("protocolMappers"),
                    "oidc-audience-mapper",
                    Map.of("included.custom.audience", "urn:diplomatics:" + service));
        }
        ArrayNode clients = realm.putArray("clients");
        for (String name : CallerKeys.systems()) {
            ObjectNode client = client(clients, name).put("serviceAccountsEnabled", true);
            ArrayNode mappers = client.withArray("protocolMappers");
            String[] whose = name.split("-", 2);
            says(mappers, "diplomatics_part", whose[0].equals("supplier") ? "institution-system" : "agency-system");
            says(mappers, "diplomatics_party", whose[1]);
        }
        ObjectNode portal = client(clients, CallerKeys.PORTAL).put("standardFlowEnabled", true);
        portal.putArray("redirectUris").add(TokenDesk.RETURN);
        portal.withObject("attributes")
                .put("pkce.code.challenge.method", "S256")
                .put("require.pushed.authorization.requests", "true");
        ArrayNode mappers = portal.withArray("protocolMappers");
        for (String claim : List.of("diplomatics_part", "diplomatics_party")) {
            mapper(mappers, "oidc-usermodel-attribute-mapper", Map.of("user.attribute", claim, "claim.name", claim));
        }
        mapper(
                mappers,
                "oidc-usermodel-attribute-mapper",
                Map.of(
                        "user.attribute", "diplomatics_delegation",
                        "claim.name", "diplomatics_delegation",
                        "jsonType.label", "JSON"));
        mapper(
                mappers,
                "oidc-usersessionmodel-note-mapper",
                Map.of("user.session.note", "AUTH_TIME", "claim.name", "auth_time", "jsonType.label", "long"));
        mapper(mappers, "oidc-acr-mapper", Map.of());
        ArrayNode users = realm.putArray("users");
        for (String person : people) {
            user(users.addObject(), person);
        }
        return realm;
    }

    private ObjectNode client(ArrayNode clients, String name) throws IOException {
        ObjectNode client = clients.addObject()
                .put("clientId", name)
                .put("enabled", true)
                .put("protocol", "openid-connect")
                .put("publicClient", false)
                .put("clientAuthenticatorType", "client-jwt")
                .put("standardFlowEnabled", false)
                .put("implicitFlowEnabled", false)
                .put("directAccessGrantsEnabled", false)
                .put("fullScopeAllowed", false);
        client.putObject("attributes")
                .put("use.jwks.string", "true")
                .put("jwks.string", new JWKSet(keys.key(name).toPublicJWK()).toString())
                .put("token.endpoint.auth.signing.alg", "ES256")
                .put("access.token.signed.response.alg", "ES256")
                .put("access.token.header.type.rfc9068", "true")
                .put("dpop.bound.access.tokens", "true");
        client.putArray("defaultClientScopes");
        client.putArray("optionalClientScopes").add("registry").add("query");
        ArrayNode mappers = client.putArray("protocolMappers");
        says(mappers, "client_id", name);
        mapper(mappers, "oidc-sub-mapper", Map.of());
        return client;
    }

    private void user(ObjectNode user, String person) throws IOException {
        String[] name = person.split(":", -1);
        user.put("username", person).put("enabled", true);
        ObjectNode attributes = user.putObject("attributes");
        attributes.putArray("diplomatics_part").add(name[0]);
        attributes.putArray("diplomatics_party").add(name[1]);
        if (name.length > 2) {
            Instant from = Instant.now().minus(Duration.ofDays(1));
            JsonNode delegation = JSON.createObjectNode()
                    .put("for", name[2])
                    .put("kind", "proxy")
                    .put("from", from.getEpochSecond())
                    .put("until", from.plus(Duration.ofDays(365)).getEpochSecond());
            attributes.putArray("diplomatics_delegation").add(delegation.toString());
        }
        user.putArray("credentials").addObject().put("type", "password").put("value", keys.password());
    }

    private static void says(ArrayNode mappers, String claim, String value) {
        mapper(mappers, "oidc-hardcoded-claim-mapper", Map.of("claim.name", claim, "claim.value", value));
    }

    private static void mapper(ArrayNode mappers, String kind, Map<String, String> configuration) {
        ObjectNode mapper = mappers.addObject()
                .put("name", "mapper-" + mappers.size())
                .put("protocol", "openid-connect")
                .put("protocolMapper", kind);
        ObjectNode config = mapper.putObject("config")
                .put("access.token.claim", "true")
                .put("id.token.claim", "false")
                .put("userinfo.token.claim", "false")
                .put("jsonType.label", "String");
        configuration.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .forEach(entry -> config.put(entry.getKey(), entry.getValue()));
    }
}
