package eu.diplomatics.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalAuthorityTest {
    @TempDir
    Path directory;

    @Test
    void everyServiceHasACertificateThatTheTrustStoreAccepts() throws Exception {
        LocalAuthority authority = LocalAuthority.in(directory.resolve("tls"));

        for (String service : LocalAuthority.SERVICES) {
            X509Certificate certificate = certificate(authority, service);
            assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=" + service);
            assertThat(certificate.getSubjectAlternativeNames())
                    .containsExactlyInAnyOrder(List.of(2, "localhost"), List.of(7, "127.0.0.1"));
            PKIXParameters parameters = new PKIXParameters(load(authority.trustStore(), authority));
            parameters.setRevocationEnabled(false);
            var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
            assertThat(CertPathValidator.getInstance("PKIX").validate(path, parameters))
                    .isNotNull();
        }
    }

    @Test
    void askingAgainChangesNothingAndAMissingStoreRenewsAll() throws Exception {
        LocalAuthority first = LocalAuthority.in(directory.resolve("tls"));
        X509Certificate before = certificate(first, "registry");
        assertThat(certificate(LocalAuthority.in(directory.resolve("tls")), "registry"))
                .isEqualTo(before);

        Files.delete(first.keyStore("query"));
        LocalAuthority renewed = LocalAuthority.in(directory.resolve("tls"));
        assertThat(certificate(renewed, "registry")).isNotEqualTo(before);
        assertThat(certificate(renewed, "query")).isNotNull();
    }

    @Test
    void onlyTheOwnerCanReadTheStoresAndTheirPassword() throws Exception {
        LocalAuthority authority = LocalAuthority.in(directory.resolve("tls"));
        try (Stream<Path> files = Files.list(directory.resolve("tls"))) {
            assertThat(files.filter(file -> !file.endsWith(".lock")))
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(authority.password()).hasSize(64);
    }

    private static X509Certificate certificate(LocalAuthority authority, String service) throws Exception {
        return (X509Certificate) load(authority.keyStore(service), authority).getCertificate(service);
    }

    private static KeyStore load(Path file, LocalAuthority authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, authority.password());
        }
        return store;
    }
}
