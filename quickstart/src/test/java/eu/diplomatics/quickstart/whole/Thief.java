package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.custodian.CustodianServer;
import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.PostgresEventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.IndexProbes;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.WrappedKey;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.Passwords;
import eu.diplomatics.quickstart.stack.CustodianSite;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.Opening;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has all of zone A and all of zone B, our programs, and a custodian of their own that calls itself what ours does: but not
 * the tokens of the two sites, and no certificate for them.
 */
final class Thief {
    private static final int KEY_BYTES = 32;
    private static final int MANY = 10_000;

    private final WholeRegistry registry;
    private final DataSource keys;
    private final List<StoredEvent> events;

    Thief(WholeRegistry registry) {
        this.registry = registry;
        this.keys = registry.asSuperuserAtB("keyring");
        this.events = new PostgresEventReader(registry.asSuperuserAtA("eventstore")).after(0, MANY);
        assertThat(events).hasSizeGreaterThan(5);
    }

    void opensNothing(Path directory) throws Exception {
        assertThat(openWith(registry.custodian("registry")))
                .as("with the custodian everything opens, so that there is something to open")
                .filteredOn(opening -> opening instanceof Opening.Opened)
                .hasSizeGreaterThan(5);

        LocalAuthority authority = LocalAuthority.in(directory.resolve("certificates"));
        List<CustodianServer> own = new ArrayList<>();
        try {
            for (CustodianSite site : CustodianSite.values()) {
                own.add(serve(site, authority, directory.resolve(site.process())));
            }
            List<URI> urls = own.stream().map(CustodianServer::uri).toList();
            HttpsCustodian custodian = custodian(urls, authority);
            try (SecretBytes any = SecretBytes.random(KEY_BYTES)) {
                // so that there are epoch keys of today's labels
                custodian.wrap(any, new byte[] {1});
            }
            assertThatThrownBy(() -> openWith(custodian)).isInstanceOf(KeysUnavailableException.class);
            // ours does not know their certificates
            assertThatThrownBy(() -> openWith(custodian(registry.custodianUrls(), authority)))
                    .isInstanceOf(KeysUnavailableException.class);
        } finally {
            own.forEach(CustodianServer::close);
        }
    }

    /** Every 32 bytes in a row of what the keyring holds of its KEKs, and every value of its indexes, tried as the KEK. */
    void findsNoKeyAmongWhatLiesThere() throws Exception {
        List<Secret> secrets = new ArrayList<>();
        List<byte[]> candidates = new ArrayList<>();
        try (Connection connection = keys.getConnection();
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT name, kek_id, wrapped FROM keyring.secret")) {
                while (rows.next()) {
                    secrets.add(new Secret(rows.getString(1), rows.getObject(2, UUID.class), rows.getBytes(3)));
                    windows(rows.getBytes(3), candidates);
                }
            }
            try (ResultSet rows =
                    statement.executeQuery("SELECT w FROM keyring.kek, jsonb_array_elements(wrapped) w")) {
                while (rows.next()) {
                    JsonNode wrap = JsonMapper.shared().readTree(rows.getString(1));
                    windows(Base64.getDecoder().decode(wrap.path("ciphertext").asString()), candidates);
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT value FROM keyring.holder_claim LIMIT 1000")) {
                while (rows.next()) {
                    candidates.add(rows.getBytes(1));
                }
            }
        }
        assertThat(candidates).hasSizeGreaterThan(100);
        assertThat(candidates).noneMatch(candidate -> opens(candidate, secrets.getFirst()));
        byte[] kek = kek();
        assertThat(secrets).as("and the KEK would open them").allMatch(secret -> opens(kek, secret));
    }

    private record Secret(String name, UUID kek, byte[] sealed) {}

    private static boolean opens(byte[] candidate, Secret secret) {
        try (SecretBytes key = SecretBytes.copyOf(candidate)) {
            Cobblestone.open(key, context("diplomatics secret v1", secret.name, secret.kek), secret.sealed);
            return true;
        } catch (EnvelopeException e) {
            return false;
        }
    }

    private byte[] kek() throws SQLException, IOException {
        try (Connection connection = keys.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, wrapped FROM keyring.kek");
                HttpsCustodian custodian = registry.custodian("registry")) {
            row.next();
            byte[] context = context("diplomatics kek v1", null, row.getObject(1, UUID.class));
            try (SecretBytes checked = custodian.unwrap(new WrappedKey(row.getString(2)), context)) {
                return Arrays.copyOf(checked.reveal(), KEY_BYTES);
            }
        }
    }

    private static byte[] context(String purpose, @Nullable String name, UUID id) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            for (String text : name == null ? List.of(purpose) : List.of(purpose, name)) {
                out.writeInt(text.length());
                out.write(text.getBytes(StandardCharsets.US_ASCII));
            }
            out.writeInt(16);
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void windows(byte[] bytes, List<byte[]> into) {
        for (int from = 0; from + KEY_BYTES <= bytes.length; from++) {
            into.add(Arrays.copyOfRange(bytes, from, from + KEY_BYTES));
        }
    }

    private List<Opening> openWith(HttpsCustodian custodian) {
        try (custodian;
                KekLease lease = KekLease.start(keys, custodian, Duration.ofMinutes(15))) {
            return new EventVault(new Keyring(keys, lease)).openEach(events);
        }
    }

    private static HttpsCustodian custodian(List<URI> urls, LocalAuthority authority) {
        return new HttpsCustodian(
                urls,
                urls.size(),
                IndexProbes.inMemory(),
                authority.keyStore("registry"),
                authority.trustStore(),
                authority.password());
    }

    private static CustodianServer serve(CustodianSite site, LocalAuthority authority, Path directory)
            throws IOException {
        Files.createDirectories(directory);
        Path password = Files.writeString(directory.resolve("password"), Passwords.random());
        CustodianConfiguration configuration = new CustodianConfiguration(
                site.id(),
                "127.0.0.1",
                0,
                new CustodianConfiguration.Token.File(directory.resolve("keys.p12"), password),
                new CustodianConfiguration.Tls(
                        authority.keyStore(site.process()), authority.trustStore(), authority.passwordFile()),
                directory.resolve("audit"),
                CustodianConfiguration.defaultClients());
        CustodianServer.initialise(configuration);
        return CustodianServer.start(configuration);
    }
}
