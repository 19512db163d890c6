package eu.diplomatics.backup.portable;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.backup.generation.BackupFixture;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.Units;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.keyring.TestCustodian;
import eu.diplomatics.local.DatabaseAccess;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Login;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationAnnulled;
import eu.diplomatics.qualification.DomainEvent.QualificationCorrected;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.vault.EventVault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A registry with real qualifications of test persons in it, an exporter's configuration, and two operators. */
public final class PortableFixture implements AutoCloseable {
    private static final EventMetadata METADATA = new EventMetadata("supplier:kuleuven", "api", "", "c-1");
    private static final JsonMapper JSON = JsonMapper.shared();

    public final BackupFixture registry;
    public final List<UUID> holders = new ArrayList<>();
    public final List<UUID> references = new ArrayList<>();
    private final EventVault vault;
    private final Path directory;
    private final KeyPair signing;

    public PortableFixture(Path directory) throws Exception {
        this.directory = directory;
        this.registry = new BackupFixture(directory);
        this.vault = new EventVault(registry.log.keyring);
        this.signing = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.writeString(
                directory.resolve("export.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder()
                                .encodeToString(signing.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(directory.resolve("receipt-keys.json"), "{\"keys\":[]}");
        Files.writeString(directory.resolve("log-keys.json"), "[]");
    }

    public byte[] signer() {
        return signing.getPublic().getEncoded();
    }

    /** So many persons, each with a qualification; every third corrected, every fourth annulled: nine events of four. */
    public void register(int persons) {
        for (int n = 0; n < persons; n++) {
            int person = holders.size() + 1;
            UUID holder = UUID.randomUUID();
            UUID reference = UUID.randomUUID();
            holders.add(holder);
            references.add(reference);
            append(holder, holder, 1, KeyRegime.ERASABLE, new HolderIdentified(Examples.holder(person)));
            append(reference, holder, 1, KeyRegime.STATUTORY, registered(person));
            if (person % 3 == 0) {
                append(
                        reference,
                        holder,
                        2,
                        KeyRegime.STATUTORY,
                        new QualificationCorrected(Examples.secondary(), Examples.derived(), List.of()));
            }
            if (person % 4 == 0) {
                append(
                        reference,
                        holder,
                        person % 3 == 0 ? 3 : 2,
                        KeyRegime.STATUTORY,
                        new QualificationAnnulled("FRAUD"));
            }
        }
    }

    static QualificationRegistered registered(int person) {
        return new QualificationRegistered(
                "kuleuven", "REF-" + person, Examples.master(), Examples.derived(), List.of());
    }

    public EventPlace append(UUID stream, UUID holder, long version, KeyRegime regime, DomainEvent event) {
        Map<UUID, DataKey> keys = registry.log.keyring.create(List.of(new NewKey(stream, 1, regime)));
        try {
            return Units.places(Units.append(
                                    registry.log.log,
                                    List.of(new AppendUnit(
                                            UUID.randomUUID(),
                                            List.of(vault.seal(
                                                    stream,
                                                    version,
                                                    holder,
                                                    event,
                                                    METADATA,
                                                    keys.get(stream),
                                                    List.of(),
                                                    false)),
                                            List.of())))
                            .getFirst())
                    .getFirst();
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    /** As an erasure leaves it: a row in the ledger, and no key. */
    public void shred(UUID stream) throws SQLException {
        registry.log.atKeyring("""
                INSERT INTO keyring.shredding
                    (stream, tombstone, kind, reason_code, legal_basis, asked_at, shredded_at)
                VALUES (?, ?, 'ERASURE', 'REQUEST', 'GDPR 17', now(), now())
                """, stream, UUID.randomUUID());
        registry.log.atKeyring("DELETE FROM keyring.data_key WHERE id = ?", stream);
    }

    public AccessSeal accessSeal() {
        return new AccessSeal(registry.log.keyring);
    }

    /** For the command line. */
    public Path exporter() throws IOException {
        return exporter(registry.access(SourceDatabase.ACCESSLOG).url());
    }

    public Path exporter(String accessLogUrl) throws IOException {
        Map<String, Object> logins = new HashMap<>();
        logins.put(
                "eventstore",
                login(registry.log.store.access(), registry.log.store.access().url()));
        logins.put(
                "keyring",
                login(registry.log.keys.access(), registry.log.keys.access().url()));
        logins.put("accesslog", login(registry.access(SourceDatabase.ACCESSLOG), accessLogUrl));
        TestCustodian custodian = registry.log.keys.custodian();
        LocalAuthority authority = custodian.authority();
        Map<String, Object> all = Map.of(
                "databases",
                logins,
                "custodian",
                Map.of(
                        "endpoints", List.of(custodian.uri().toString()),
                        "sites", 1,
                        "keyStore", authority.keyStore("exporter").toString(),
                        "trustStore", authority.trustStore().toString(),
                        "passwordFile", authority.passwordFile().toString()),
                "signingKey",
                directory.resolve("export.pem").toString(),
                "signingPublicKey",
                Base64.getEncoder().encodeToString(signer()),
                "receiptKeys",
                directory.resolve("receipt-keys.json").toString(),
                "logKeys",
                directory.resolve("log-keys.json").toString(),
                "place",
                Map.of(
                        "kind",
                        "local",
                        "directory",
                        directory.resolve("second-provider").toString()));
        Path file = directory.resolve("exporter.json");
        Files.writeString(file, JSON.writeValueAsString(all));
        return file;
    }

    private Map<String, Object> login(DatabaseAccess access, String url) throws IOException {
        Login login = access.role("exporter");
        Path password = directory.resolve("password-" + login.username());
        Files.writeString(password, login.password());
        return Map.of("url", url, "username", login.username(), "passwordFile", password.toString());
    }

    /** An operator asks for the order's lease; so many approve. */
    public void approve(Path order, int operators) throws Exception {
        String statement = Files.readString(order);
        JsonNode asked = ask("operator", "lease", Map.of("client", "exporter", "statement", statement));
        for (String operator : List.of("operator", "operator-2").subList(0, operators)) {
            ask(operator, "approve", Map.of("id", asked.path("id").asString(), "hash", Sha256.of(statement)));
        }
    }

    /** What is half approved goes. */
    public void revoke() throws Exception {
        ask("operator", "revoke", Map.of("id", "lease-exporter"));
    }

    private JsonNode ask(String operator, String verb, Map<String, String> body) throws Exception {
        TestCustodian custodian = registry.log.keys.custodian();
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(context(custodian.authority(), operator))
                .build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(custodian.uri().resolve("/v1/" + verb))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(verb + ": " + answer.body());
            }
            return JSON.readTree(answer.body());
        }
    }

    private static SSLContext context(LocalAuthority authority, String name)
            throws GeneralSecurityException, IOException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(authority.keyStore(name), authority), authority.password());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store(authority.trustStore(), authority));
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore store(Path file, LocalAuthority authority) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, authority.password());
        }
        return store;
    }

    @Override
    public void close() throws Exception {
        registry.close();
    }
}
