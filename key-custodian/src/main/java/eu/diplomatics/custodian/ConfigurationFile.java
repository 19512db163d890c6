package eu.diplomatics.custodian;

import eu.diplomatics.custodian.CustodianConfiguration.Authorities;
import eu.diplomatics.custodian.CustodianConfiguration.Client;
import eu.diplomatics.custodian.CustodianConfiguration.Limits;
import eu.diplomatics.custodian.CustodianConfiguration.Tls;
import eu.diplomatics.custodian.CustodianConfiguration.Token;
import eu.diplomatics.custodian.CustodianConfiguration.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A configuration as it is written down; relative paths start at the file's directory. */
final class ConfigurationFile {
    private ConfigurationFile() {}

    /** @throws ConfigurationException when it cannot be used */
    static CustodianConfiguration read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "configuration file " + file + " cannot be read", "--config FILE names it", e);
        }
        Stated stated;
        try {
            stated = CustodianConfiguration.STRICT.readValue(text, Stated.class);
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
                stated.clients == null ? CustodianConfiguration.defaultClients() : clients(stated.clients),
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
                            client.indexBurst == null ? 10_000 : client.indexBurst,
                            client.limits()));
        });
        return clients;
    }

    private static <T> T required(@Nullable T value, String name) {
        if (value == null) {
            throw new ConfigurationException("configuration lacks " + name, "--help shows a complete one");
        }
        return value;
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
            @Nullable Integer indexBurst,
            @Nullable Long indexPerDay,
            @Nullable Integer unwrapPerSecond,
            @Nullable Long unwrapPerDay,
            @Nullable StatedAlarm alarm) {
        Limits limits() {
            StatedAlarm stated = alarm == null ? new StatedAlarm(null, null, null, null) : alarm;
            Limits usual = Limits.USUAL;
            return new Limits(
                    orElse(indexPerDay, usual.indexPerDay()),
                    orElse(unwrapPerSecond, usual.unwrapPerSecond()),
                    orElse(unwrapPerDay, usual.unwrapPerDay()),
                    orElse(stated.perHour, usual.alarmPerHour()),
                    orElse(stated.timesRecentUse, usual.alarmTimesRecentUse()),
                    orElse(stated.distinctPerHour, usual.alarmDistinctPerHour()),
                    orElse(stated.stop, usual.stopOnAlarm()));
        }
    }

    private record StatedAlarm(
            @Nullable Long perHour,
            @Nullable Integer timesRecentUse,
            @Nullable Long distinctPerHour,
            @Nullable Boolean stop) {}

    private static <T> T orElse(@Nullable T stated, T usual) {
        return stated == null ? usual : stated;
    }
}
