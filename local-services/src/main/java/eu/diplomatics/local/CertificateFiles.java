package eu.diplomatics.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Keys and certificates as files of their owner: stores for Java, PEM for PostgreSQL. Each is replaced as a whole. */
final class CertificateFiles {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;
    private final String password;

    CertificateFiles(Path directory, String password) {
        this.directory = directory;
        this.password = password;
    }

    void writePassword(Path file) throws IOException {
        write(file, password.getBytes(StandardCharsets.US_ASCII));
    }

    void writeAuthority(X509Certificate authority) throws IOException, GeneralSecurityException {
        KeyStore trust = empty();
        trust.setCertificateEntry("authority", authority);
        write(directory.resolve("trust.p12"), bytes(trust));
        write(directory.resolve("trust.pem"), pem("CERTIFICATE", authority.getEncoded()));
    }

    void writeRevocations(X509CRL revocations) throws IOException, GeneralSecurityException {
        write(directory.resolve("revoked.pem"), pem("X509 CRL", revocations.getEncoded()));
    }

    void writeService(String name, CertificateIssuer.Issued issued, X509Certificate authority)
            throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry(name, issued.keys().getPrivate(), password.toCharArray(), new Certificate[] {
            issued.certificate(), authority
        });
        // whoever reads in between finds two that do not fit, and looks again
        write(
                directory.resolve(name + ".key"),
                pem("PRIVATE KEY", issued.keys().getPrivate().getEncoded()));
        write(
                directory.resolve(name + ".pem"),
                pem("CERTIFICATE", issued.certificate().getEncoded()));
        write(directory.resolve(name + ".p12"), bytes(store));
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private byte[] bytes(KeyStore store) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, password.toCharArray());
        return out.toByteArray();
    }

    private static byte[] pem(String kind, byte[] content) {
        return ("-----BEGIN " + kind + "-----\n" + LINES.encodeToString(content) + "\n-----END " + kind + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path fresh = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "new",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
