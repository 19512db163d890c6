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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
        /** To unwrap while a lease of two operators lasts that this client began. */
        LEASED_UNWRAP,
        INDEX,
        /** Destruction by the controller's schedule; for the registry's machine. */
        EXPIRE,
        /** Destruction outside the schedule; this and what follows is for people. */
        DESTROY,
        APPROVE,
        REVOKE,
        TICKET,
        LIFT,
        LEASE,
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
    public record Client(Set<Verb> verbs, Set<String> indexKeys, int indexPerSecond, int indexBurst, Limits limits) {
        /** With the usual limits of a day. */
        public Client(Set<Verb> verbs, Set<String> indexKeys, int indexPerSecond, int indexBurst) {
            this(verbs, indexKeys, indexPerSecond, indexBurst, Limits.USUAL);
        }
    }

    /**
     * What a client may use in a day, and when its use looks like somebody trying out all numbers.
     *
     * @param indexPerDay values indexed per UTC day
     * @param unwrapPerSecond keys unwrapped per second in the long run, ten times as many at once
     * @param unwrapPerDay keys unwrapped per UTC day
     * @param alarmPerHour values in an hour below which there is never an alarm
     * @param alarmTimesRecentUse how many times the average hour of the last week raises one
     * @param alarmDistinctPerHour different values in an hour that raise one
     * @param stopOnAlarm whether the client is stopped until two operators lift that
     */
    public record Limits(
            long indexPerDay,
            int unwrapPerSecond,
            long unwrapPerDay,
            long alarmPerHour,
            int alarmTimesRecentUse,
            long alarmDistinctPerHour,
            boolean stopOnAlarm) {
        /** For a bulk load on one machine: an eighth of all numbers in an hour are an alarm. */
        public static final Limits USUAL = new Limits(20_000_000, 50, 50_000, 5_000_000, 10, 5_000_000, false);
    }

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
                "backup",
                new Client(EnumSet.of(Verb.WRAP, Verb.UNWRAP), Set.of(), 1, MAX_BATCH),
                "exporter",
                new Client(EnumSet.of(Verb.LEASED_UNWRAP), Set.of(), 1, MAX_BATCH),
                "operator",
                operator(),
                "operator-2",
                operator(),
                "controller",
                new Client(EnumSet.of(Verb.REVOKE, Verb.STATUS), Set.of(), 1, MAX_BATCH));
    }

    private static Client operator() {
        return new Client(
                EnumSet.of(
                        Verb.DESTROY,
                        Verb.APPROVE,
                        Verb.REVOKE,
                        Verb.TICKET,
                        Verb.LIFT,
                        Verb.LEASE,
                        Verb.ROTATE,
                        Verb.STATUS),
                Set.of(),
                1,
                MAX_BATCH);
    }

    public CustodianConfiguration {
        if (!id.matches("[a-z0-9.-]{1,64}")) {
            throw new ConfigurationException("id must be 1 to 64 of a-z, 0-9, dot and hyphen", "change id");
        }
        if (port < 0 || port > 65_535) {
            throw new ConfigurationException("port must be between 0 and 65535", "change port");
        }
        clients.forEach((name, client) -> {
            Limits limits = client.limits();
            if (limits.unwrapPerSecond < 1 || limits.alarmTimesRecentUse < 1 || limits.indexPerDay < 0) {
                throw new ConfigurationException(
                        "client " + name + " has limits that nothing passes",
                        "set unwrapPerSecond and alarm.timesRecentUse to 1 or more, indexPerDay to 0 or more");
            }
            if (client.indexPerSecond < 1 || client.indexBurst < MAX_BATCH) {
                throw new ConfigurationException(
                        "client " + name + " has a quota under which a batch of " + MAX_BATCH + " never passes",
                        "set indexPerSecond to 1 or more and indexBurst to " + MAX_BATCH + " or more");
            }
        });
        clients = Map.copyOf(clients);
    }

    /**
     * Reads a configuration file; relative paths in it start at its directory.
     *
     * @throws ConfigurationException when it cannot be used
     */
    public static CustodianConfiguration read(Path file) {
        return ConfigurationFile.read(file);
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
}
