package eu.diplomatics.custodian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a custodian runs with.
 *
 * @param id names this custodian in what it wraps and signs
 * @param host the address to listen on
 * @param port 0 for any free one
 * @param token where the keys are
 * @param tls this custodian's certificate and the authority whose clients it accepts
 * @param auditDirectory where audit lines and destruction receipts are kept
 * @param clients what each client, by the common name of its certificate, may do
 * @param authorities whose signatures are believed
 */
public record CustodianConfiguration(
        String id,
        String host,
        int port,
        Token token,
        Tls tls,
        Path auditDirectory,
        Map<String, Client> clients,
        Authorities authorities) {
    /** Environment variables that stand in where no password file is named. */
    public static final String TOKEN_PASSWORD = "DIPLOMATICS_CUSTODIAN_TOKEN_PASSWORD";

    /** The security officer's, for initialising a token. */
    public static final String OFFICER_PIN = "DIPLOMATICS_CUSTODIAN_OFFICER_PIN";

    public static final String TLS_PASSWORD = "DIPLOMATICS_CUSTODIAN_TLS_PASSWORD";
    static final int MAX_BATCH = 2_000;

    static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** What a client can be allowed. */
    public enum Verb {
        WRAP,
        UNWRAP,
        INDEX,
        /** Destruction by the controller's schedule; for the registry's machine. */
        EXPIRE,
        /** Destruction outside the schedule; this and what follows is for people. */
        DESTROY,
        APPROVE,
        REVOKE,
        ROTATE,
        STATUS
    }

    /**
     * Public keys, X.509 encoding, Ed25519 or ECDSA; of each authority the one in use and the next.
     *
     * @param controller signs schedules and inventories
     * @param manifest signs the generation index
     * @param inventory the registry's, signs what stands under which key
     */
    public record Authorities(List<byte[]> controller, List<byte[]> manifest, List<byte[]> inventory) {
        /** Nobody is believed, so no key is destroyed. */
        public static final Authorities NONE = new Authorities(List.of(), List.of(), List.of());

        public Authorities {
            for (byte[] key : Stream.of(controller, manifest, inventory)
                    .flatMap(List::stream)
                    .toList()) {
                try {
                    PublicKeys.read(key);
                } catch (GeneralSecurityException e) {
                    throw new ConfigurationException(
                            "authorities holds what is no public key",
                            "give base64 of an Ed25519 or P-256 key in X.509 encoding",
                            e);
                }
            }
            controller = List.copyOf(controller);
            manifest = List.copyOf(manifest);
            inventory = List.copyOf(inventory);
        }
    }

    /** With nobody whose signature is believed, so that no key is ever destroyed. */
    public CustodianConfiguration(
            String id, String host, int port, Token token, Tls tls, Path auditDirectory, Map<String, Client> clients) {
        this(id, host, port, token, tls, auditDirectory, clients, Authorities.NONE);
    }

    /** Where the keys are. */
    public sealed interface Token {
        /** May be missing, then {@value CustodianConfiguration#TOKEN_PASSWORD} holds the password or PIN. */
        @Nullable
        Path passwordFile();

        /** What to call it in a message. */
        String name();

        /** In a file, for one machine and for tests. */
        record File(Path keyFile, @Nullable Path passwordFile) implements Token {
            @Override
            public String name() {
                return "key file " + keyFile;
            }
        }

        /**
         * In a PKCS #11 token.
         *
         * @param label the token's, by which it is found in whatever slot it stands
         * @param hardware what the operator says it is
         * @param timeLimit of each use
         */
        record Pkcs11(Path library, String label, @Nullable Path passwordFile, boolean hardware, Duration timeLimit)
                implements Token {
            @Override
            public String name() {
                return "token " + label;
            }
        }
    }

    /** @param passwordFile of both stores; may be missing, then {@value CustodianConfiguration#TLS_PASSWORD} holds it */
    public record Tls(
            Path keyStore, Path trustStore, @Nullable Path passwordFile) {
        char[] password(Map<String, String> environment) {
            return CustodianConfiguration.password(passwordFile, TLS_PASSWORD, environment);
        }
    }

    /**
     * @param indexKeys which index keys the client may use, in all their versions
     * @param indexPerSecond values indexed per second in the long run
     * @param indexBurst values indexed at once after a pause
     */
    public record Client(Set<Verb> verbs, Set<String> indexKeys, int indexPerSecond, int indexBurst) {}

    /**
     * The clients of a registry. The quotas let a bulk load run at full speed and are for one machine; where
     * people's numbers are real, set them to what the day's work needs.
     */
    public static Map<String, Client> defaultClients() {
        return Map.of(
                "registry",
                new Client(
                        EnumSet.of(Verb.WRAP, Verb.UNWRAP, Verb.INDEX, Verb.EXPIRE),
                        Set.of(KeyLabels.HOLDER_INDEX),
                        20_000,
                        100_000),
                "query",
                new Client(
                        EnumSet.of(Verb.UNWRAP, Verb.INDEX),
                        Set.of(KeyLabels.HOLDER_INDEX, KeyLabels.ACCESS_LOG_INDEX),
                        20_000,
                        100_000),
                "operator",
                operator(),
                "operator-2",
                operator(),
                "controller",
                new Client(EnumSet.of(Verb.REVOKE, Verb.STATUS), Set.of(), 1, MAX_BATCH));
    }

    private static Client operator() {
        return new Client(
                EnumSet.of(Verb.DESTROY, Verb.APPROVE, Verb.REVOKE, Verb.ROTATE, Verb.STATUS), Set.of(), 1, MAX_BATCH);
    }

    /** As it stands in the file: what is missing gets a default or is refused. */
    private record Stated(
            @Nullable String id,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable StatedToken token,
            @Nullable StatedTls tls,
            @Nullable Path auditDirectory,
            @Nullable Map<String, @Nullable StatedClient> clients,
            @Nullable StatedAuthorities authorities) {}

    private record StatedAuthorities(
            @Nullable List<byte[]> controller,
            @Nullable List<byte[]> manifest,
            @Nullable List<byte[]> inventory) {
        Authorities authorities() {
            return new Authorities(orNone(controller), orNone(manifest), orNone(inventory));
        }

        private static List<byte[]> orNone(@Nullable List<byte[]> keys) {
            return keys == null ? List.of() : keys;
        }
    }

    private record StatedToken(
            @Nullable String kind,
            @Nullable Path keyFile,
            @Nullable Path passwordFile,
            @Nullable Path library,
            @Nullable String label,
            @Nullable Path pinFile,
            @Nullable Boolean hardware,
            @Nullable Integer timeLimitMillis) {}

    private record StatedTls(
            @Nullable Path keyStore,
            @Nullable Path trustStore,
            @Nullable Path passwordFile) {}

    private record StatedClient(
            @Nullable Set<Verb> verbs,
            @Nullable Set<String> indexKeys,
            @Nullable Integer indexPerSecond,
            @Nullable Integer indexBurst) {}

    /**
     * Reads a configuration file; relative paths in it start at its directory.
     *
     * @throws ConfigurationException when it cannot be used
     */
    public static CustodianConfiguration read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "configuration file " + file + " cannot be read", "--config FILE names it", e);
        }
        Stated stated;
        try {
            stated = STRICT.readValue(text, Stated.class);
        } catch (JacksonException e) {
            throw new ConfigurationException(
                    "configuration file " + file + " is not as expected: " + e.getOriginalMessage(),
                    "--help shows one",
                    e);
        }
        Path here = file.toAbsolutePath();
        StatedTls tls = required(stated.tls, "tls");
        return new CustodianConfiguration(
                stated.id == null ? "local" : stated.id,
                stated.host == null ? "127.0.0.1" : stated.host,
                stated.port == null ? 8443 : stated.port,
                token(required(stated.token, "token"), here),
                new Tls(
                        here.resolveSibling(required(tls.keyStore, "tls.keyStore")),
                        here.resolveSibling(required(tls.trustStore, "tls.trustStore")),
                        beside(here, tls.passwordFile)),
                here.resolveSibling(required(stated.auditDirectory, "auditDirectory")),
                stated.clients == null ? defaultClients() : clients(stated.clients),
                stated.authorities == null ? Authorities.NONE : stated.authorities.authorities());
    }

    private static Token token(StatedToken token, Path here) {
        String kind = token.kind == null ? "file" : token.kind;
        boolean file = kind.equals("file");
        if (!file && !kind.equals("pkcs11")) {
            throw new ConfigurationException("token.kind is neither file nor pkcs11", "change token.kind");
        }
        boolean mixed = file
                ? token.library != null
                        || token.label != null
                        || token.pinFile != null
                        || token.hardware != null
                        || token.timeLimitMillis != null
                : token.keyFile != null || token.passwordFile != null;
        if (mixed) {
            throw new ConfigurationException(
                    "token has a setting that is not one of kind " + kind, "--help shows those of each kind");
        }
        if (file) {
            return new Token.File(
                    here.resolveSibling(required(token.keyFile, "token.keyFile")), beside(here, token.passwordFile));
        }
        int limit = token.timeLimitMillis == null ? 5_000 : token.timeLimitMillis;
        if (limit < 100 || limit > 60_000) {
            throw new ConfigurationException(
                    "token.timeLimitMillis must be between 100 and 60000", "change token.timeLimitMillis");
        }
        return new Token.Pkcs11(
                here.resolveSibling(required(token.library, "token.library")),
                required(token.label, "token.label"),
                beside(here, token.pinFile),
                token.hardware != null && token.hardware,
                Duration.ofMillis(limit));
    }

    private static @Nullable Path beside(Path here, @Nullable Path file) {
        return file == null ? null : here.resolveSibling(file);
    }

    public CustodianConfiguration {
        if (!id.matches("[a-z0-9.-]{1,64}")) {
            throw new ConfigurationException("id must be 1 to 64 of a-z, 0-9, dot and hyphen", "change id");
        }
        if (port < 0 || port > 65_535) {
            throw new ConfigurationException("port must be between 0 and 65535", "change port");
        }
        clients.forEach((name, client) -> {
            if (client.indexPerSecond < 1 || client.indexBurst < MAX_BATCH) {
                throw new ConfigurationException(
                        "client " + name + " has a quota under which a batch of " + MAX_BATCH + " never passes",
                        "set indexPerSecond to 1 or more and indexBurst to " + MAX_BATCH + " or more");
            }
        });
        clients = Map.copyOf(clients);
    }

    char[] tokenPassword(Map<String, String> environment) {
        return password(token.passwordFile(), TOKEN_PASSWORD, environment);
    }

    char[] tlsPassword(Map<String, String> environment) {
        return tls.password(environment);
    }

    private static char[] password(@Nullable Path file, String variable, Map<String, String> environment) {
        if (file == null) {
            String value = environment.get(variable);
            if (value == null || value.isEmpty()) {
                throw new ConfigurationException(
                        "there is no password",
                        "name a passwordFile (pinFile) in the configuration or set " + variable);
            }
            return value.toCharArray();
        }
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip().toCharArray();
        } catch (IOException e) {
            throw new ConfigurationException("password file " + file + " cannot be read", "check passwordFile", e);
        }
    }

    private static Map<String, Client> clients(Map<String, @Nullable StatedClient> stated) {
        Map<String, Client> clients = new TreeMap<>();
        stated.forEach((name, client) -> {
            if (client == null || client.verbs == null || client.verbs.isEmpty()) {
                throw new ConfigurationException("client " + name + " has no verbs", "list its verbs or remove it");
            }
            clients.put(
                    name,
                    new Client(
                            EnumSet.copyOf(client.verbs),
                            client.indexKeys == null ? Set.of() : Set.copyOf(client.indexKeys),
                            client.indexPerSecond == null ? 1_000 : client.indexPerSecond,
                            client.indexBurst == null ? 10_000 : client.indexBurst));
        });
        return clients;
    }

    private static <T> T required(@Nullable T value, String name) {
        if (value == null) {
            throw new ConfigurationException("configuration lacks " + name, "--help shows a complete one");
        }
        return value;
    }
}
