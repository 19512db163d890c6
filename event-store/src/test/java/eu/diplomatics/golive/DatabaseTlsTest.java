package eu.diplomatics.golive;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.golive.GoLiveCondition.State;
import eu.diplomatics.golive.GoLiveCondition.Verdict;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.local.LocalPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R25: a server with TLS, and without fsync: what the conditions say of it. */
class DatabaseTlsTest {
    @TempDir
    Path directory;

    @Test
    void tlsWithACheckedCertificateIsGreenAndAServerWithoutFsyncIsRed() throws Exception {
        LocalAuthority authority = LocalAuthority.in(directory.resolve("tls"));
        KeyStore keys = load(authority.keyStore("custodian"), authority);
        String alias = keys.aliases().nextElement();
        Path key = pem(
                "server.key",
                "PRIVATE KEY",
                keys.getKey(alias, authority.password()).getEncoded());
        Path certificate =
                pem("server.crt", "CERTIFICATE", keys.getCertificate(alias).getEncoded());
        Path root = pem(
                "root.crt",
                "CERTIFICATE",
                load(authority.trustStore(), authority)
                        .getCertificate("authority")
                        .getEncoded());
        try (LocalPostgres postgres = LocalPostgres.settings()
                .set("ssl", "on")
                .set("ssl_key_file", key.toString())
                .set("ssl_cert_file", certificate.toString())
                .set("fsync", "off")
                .start()) {
            String url = postgres.jdbcUrl("postgres");
            String checked = url + "?sslmode=verify-full&sslrootcert=" + root;
            assertThat(tls(postgres, checked).state()).isEqualTo(State.GREEN);
            assertThat(tls(postgres, url + "?sslmode=require").why()).contains("certificate is not checked");
            assertThat(tls(postgres, url + "?sslmode=disable").why()).contains("no TLS");
            Verdict durable = new DatabaseDurability(List.of(database(postgres, checked))).check();
            assertThat(durable.state()).isEqualTo(State.RED);
            assertThat(durable.why()).contains("fsync is off");
        }
    }

    private static Verdict tls(LocalPostgres postgres, String url) throws Exception {
        return new DatabaseTls(List.of(database(postgres, url))).check();
    }

    private static CheckedDatabase database(LocalPostgres postgres, String url) {
        return DatabaseConditionsTest.checked(url, postgres.superuser(), Set.of());
    }

    private static KeyStore load(Path file, LocalAuthority authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, authority.password());
        }
        return store;
    }

    private Path pem(String name, String type, byte[] der) throws IOException {
        String text = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + type + "-----\n";
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
