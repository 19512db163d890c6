package eu.diplomatics.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Certificates for the services of one machine: a key store for each and one trust store, for quickstart and tests.
 * The authority's own key is forgotten as soon as it has signed, so nobody can add a service later: a missing name
 * means new certificates for all.
 */
public final class LocalAuthority {
    /** The services and people that talk to each other by mutual TLS; the names stand as CN in their certificates. */
    public static final List<String> SERVICES = List.of(
            "registry",
            "query",
            "custodian",
            "custodian2",
            "operator",
            "operator-2",
            "controller",
            "backup",
            "exporter",
            "postgres-a",
            "postgres-b",
            "kafka",
            "witness",
            "installer");

    private static final Duration VALIDITY = Duration.ofDays(365);
    private static final Duration RENEW_BEFORE = Duration.ofDays(14);
    private static final String TRUST = "trust.p12";
    private static final String PASSWORD = "store-password";

    private final Path directory;

    private LocalAuthority(Path directory) {
        this.directory = directory;
    }

    /** The stores in this directory, made when any is missing, unreadable or about to expire. */
    public static LocalAuthority in(Path directory) {
        return in(directory, SERVICES);
    }

    /** The stores that {@link #in(Path)} made in this directory, as they are. */
    public static LocalAuthority at(Path directory) {
        return new LocalAuthority(directory.toAbsolutePath());
    }

    /** As {@link #in(Path)}, for these names. */
    public static synchronized LocalAuthority in(Path directory, List<String> names) {
        LocalAuthority authority = new LocalAuthority(directory.toAbsolutePath());
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (FileChannel lock =
                    FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                var unused = lock.lock();
                if (!authority.isComplete(names)) {
                    authority.make(names);
                }
            }
            return authority;
        } catch (IOException e) {
            throw new UncheckedIOException("certificates cannot be written to " + directory, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("certificates cannot be made", e);
        }
    }

    /** PKCS12 with the key and certificate of a service. */
    public Path keyStore(String name) {
        return directory.resolve(name + ".p12");
    }

    /** PKCS12 with the authority's certificate. */
    public Path trustStore() {
        return directory.resolve(TRUST);
    }

    /** The authority's certificate, PEM. */
    public Path trustPem() {
        return directory.resolve("trust.pem");
    }

    /** The authority's list of revoked certificates, PEM. */
    public Path revoked() {
        return directory.resolve("revoked.pem");
    }

    /** The certificate of a service, PEM. */
    public Path certificatePem(String name) {
        return directory.resolve(name + ".pem");
    }

    /** The key of a service, PEM (PKCS #8, not encrypted), readable by its owner only. */
    public Path keyPem(String name) {
        return directory.resolve(name + ".key");
    }

    /** What a client adds to a JDBC URL of PostgreSQL: it checks the server's name, and shows its own certificate. */
    public String jdbcParameters(String client) {
        return "?sslmode=verify-full&sslrootcert=" + encoded(trustPem()) + "&sslcert=" + encoded(certificatePem(client))
                + "&sslkey=" + encoded(keyPem(client))
                // the driver takes every key for one of RSA
                + "&pemKeyAlgorithm=EC";
    }

    /** Settings of a broker of Kafka's that speaks TLS 1.3 only, and only with who shows a certificate of the authority. */
    public Map<String, String> brokerSettings(String broker) {
        String password = new String(password());
        return Map.of(
                "ssl.enabled.protocols",
                "TLSv1.3",
                "ssl.client.auth",
                "required",
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.location",
                keyStore(broker).toString(),
                "ssl.keystore.password",
                password,
                "ssl.key.password",
                password,
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                trustStore().toString(),
                "ssl.truststore.password",
                password);
    }

    private static String encoded(Path path) {
        return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8).replace("%2F", "/");
    }

    /** The file with the password of all stores, readable by its owner only. */
    public Path passwordFile() {
        return directory.resolve(PASSWORD);
    }

    /** The password of all stores. */
    public char[] password() {
        try {
            return Files.readString(passwordFile(), StandardCharsets.UTF_8)
                    .strip()
                    .toCharArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isComplete(List<String> names) {
        try {
            Certificate authority = load(trustStore()).getCertificate("authority");
            if (!Files.exists(trustPem()) || !Files.exists(revoked())) {
                return false;
            }
            for (String name : names) {
                if (!(load(keyStore(name)).getCertificate(name) instanceof X509Certificate certificate)) {
                    return false;
                }
                certificate.verify(authority.getPublicKey());
                if (!Files.exists(keyPem(name)) || !Files.exists(certificatePem(name))) {
                    return false;
                }
                if (certificate.getNotAfter().toInstant().isBefore(Instant.now().plus(RENEW_BEFORE))) {
                    return false;
                }
            }
            return true;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // whatever is wrong with them, new ones put it right
            return false;
        }
    }

    private void make(List<String> names) throws IOException, GeneralSecurityException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        CertificateFiles files = new CertificateFiles(directory, password);
        files.writePassword(passwordFile());
        Instant now = Instant.now();
        CertificateIssuer issuer = new CertificateIssuer("Diplomatics local authority", now, VALIDITY);
        for (String name : names) {
            files.writeService(name, issuer.issue(name), issuer.certificate());
        }
        files.writeRevocations(issuer.revocations(List.of(), now, now.plus(VALIDITY)));
        files.writeAuthority(issuer.certificate());
    }

    private KeyStore load(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password());
        }
        return store;
    }
}
