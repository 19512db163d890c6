package eu.diplomatics.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfig.CertificateVerification;
import org.jspecify.annotations.Nullable;

/**
 * Which TLS callers may speak, whatever the bundle with the certificates says, and whose certificates are no longer good.
 * TLS 1.3 only (RFC 8446); where there is a trust store, callers are asked for a certificate, so that tokens can be bound
 * to it (RFC 8705). Who shows one that is not of these authorities, or is revoked, gets no connection.
 *
 * @param revoked file with the lists of revoked certificates (CRL, RFC 5280, PEM or DER), of each authority in the paths
 *     of callers' certificates; there has to be one where there is a trust store
 * @param acceptTls12 whether TLS 1.2 is spoken too, with forward secrecy and authenticated encryption only
 * @param reread how often the file of lists is looked at; 10 seconds where it is missing
 */
public record EdgeTls(
        @Nullable Path revoked,
        boolean acceptTls12,
        @Nullable Duration reread) {
    private static final String CIPHERS_OF_TLS_12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

    public EdgeTls {
        reread = reread == null ? Duration.ofSeconds(10) : reread;
        if (reread.toMillis() < 1) {
            throw new IllegalArgumentException("diplomatics.edge.tls.reread has to be more than nothing");
        }
    }

    /** What holds where nothing is configured. */
    static EdgeTls strict() {
        return new EdgeTls(null, false, null);
    }

    /** Makes a configuration of Tomcat's keep these rules. */
    void applyTo(SSLHostConfig config) {
        config.setProtocols(acceptTls12 ? "TLSv1.3+TLSv1.2" : "TLSv1.3");
        config.setCipherSuites(SSLHostConfig.DEFAULT_TLS_CIPHERS_13);
        config.setCiphers(CIPHERS_OF_TLS_12);
        config.setHonorCipherOrder(true);
        boolean asked = config.getCertificateVerification() != CertificateVerification.NONE;
        if (!trusts(config)) {
            if (asked) {
                throw new IllegalStateException(
                        "server.ssl.client-auth asks callers for certificates, and the bundle has no trust store");
            }
            return;
        }
        if (revoked == null) {
            throw new IllegalStateException("the bundle trusts callers' certificates, and"
                    + " diplomatics.edge.tls.revoked names no file with those that were revoked");
        }
        if (!Files.isReadable(revoked)) {
            throw new IllegalStateException("diplomatics.edge.tls.revoked: " + revoked + " cannot be read");
        }
        config.setCertificateRevocationListFile(revoked.toAbsolutePath().toString());
        config.setRevocationEnabled(true);
        if (!asked) {
            config.setCertificateVerification("optional");
        }
    }

    private static boolean trusts(SSLHostConfig config) {
        try {
            return config.getTruststore() != null;
        } catch (IOException e) {
            throw new IllegalStateException("the trust store cannot be read", e);
        }
    }
}
