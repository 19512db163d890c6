package eu.diplomatics.quickstart.bench;

import eu.diplomatics.local.Database;
import eu.diplomatics.local.LocalAuthority;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.json.JsonMapper;

/** A portable export as the exporter runs it: ordered, approved by two operators, made. Gives seconds of the making alone. */
final class ExportRun {
    private static final List<Database> READ = List.of(Database.EVENTSTORE, Database.KEYRING, Database.ACCESSLOG);
    private static final int NOT_APPROVED = 77;
    /** Nobody reads what this bench makes: a public key of which nobody has the other half. */
    private static final String RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    private final BenchHouse house;
    private final Path configuration;
    private int made;

    private ExportRun(BenchHouse house, Path configuration) {
        this.house = house;
        this.configuration = configuration;
    }

    static ExportRun prepare(BenchHouse house) throws Exception {
        Path directory = house.directory();
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path pem = directory.resolve("export.pem");
        Files.writeString(
                pem,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder().encodeToString(key.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(directory.resolve("receipt-keys.json"), "{\"keys\":[]}");
        Files.writeString(directory.resolve("log-keys.json"), "[]");
        LocalAuthority authority = house.authority();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("databases", BackupRun.logins(directory, READ, house::database, access -> access.role("exporter")));
        all.put(
                "custodian",
                Map.of(
                        "endpoints", List.of(house.custodian().toString()),
                        "sites", 1,
                        "keyStore", authority.keyStore("exporter").toString(),
                        "trustStore", authority.trustStore().toString(),
                        "passwordFile", authority.passwordFile().toString()));
        all.put("signingKey", pem.toString());
        all.put(
                "signingPublicKey",
                Base64.getEncoder().encodeToString(key.getPublic().getEncoded()));
        all.put("receiptKeys", directory.resolve("receipt-keys.json").toString());
        all.put("logKeys", directory.resolve("log-keys.json").toString());
        return new ExportRun(house, BackupRun.write(directory.resolve("exporter.json"), all));
    }

    /** All there is up to a position. */
    double export(long until) throws Exception {
        Path folder = house.directory().resolve("export-" + ++made);
        String[] command = {
            "export",
            "--exporter",
            configuration.toString(),
            "--to",
            folder.toString(),
            "--recipient",
            RECIPIENT,
            "--until",
            Long.toString(until)
        };
        BackupRun.run(house.directory(), configuration, NOT_APPROVED, command);
        approve(Files.readString(folder.resolve("order.json")));
        try {
            return BackupRun.run(house.directory(), configuration, 0, command);
        } finally {
            RawBackup.forget(folder);
        }
    }

    private void approve(String order) throws Exception {
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(order.getBytes(StandardCharsets.UTF_8)));
        String lease = ask("operator", "lease", Map.of("client", "exporter", "statement", order));
        String id = JsonMapper.shared().readTree(lease).path("id").asString();
        for (String operator : List.of("operator", "operator-2")) {
            ask(operator, "approve", Map.of("id", id, "hash", hash));
        }
    }

    private String ask(String operator, String verb, Map<String, String> body) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(as(operator)).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(house.custodian().resolve("/v1/" + verb))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    JsonMapper.shared().writeValueAsString(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("the custodian answers " + answer.statusCode() + " to " + verb);
            }
            return answer.body();
        }
    }

    private SSLContext as(String operator) throws Exception {
        LocalAuthority authority = house.authority();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(authority.keyStore(operator)), authority.password());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store(authority.trustStore()));
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore store(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, house.authority().password());
        }
        return store;
    }
}
