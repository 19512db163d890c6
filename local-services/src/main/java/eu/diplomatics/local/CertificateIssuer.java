package eu.diplomatics.local;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Issues X.509 certificates for one machine. The JDK reads certificates but makes none outside {@code keytool}, whose
 * dozen child processes take ten seconds; what is needed here is one screen of ASN.1.
 */
final class CertificateIssuer {
    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String ALTERNATIVE_NAME = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String CRL_NUMBER = "2.5.29.20";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final KeyPair keys;
    private final Instant from;
    private final Instant until;
    private final X509Certificate certificate;

    record Issued(KeyPair keys, X509Certificate certificate) {}

    CertificateIssuer(String name, Instant now, Duration validity) throws GeneralSecurityException {
        this.name = name;
        this.keys = newKeys();
        // clocks of containers and hosts differ a little
        this.from = now.minus(Duration.ofHours(1));
        this.until = now.plus(validity);
        byte[] extensions = Der.sequence(
                extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.bool(true))),
                // keyCertSign and cRLSign
                extension(KEY_USAGE, true, Der.bits(1, new byte[] {0x06})));
        this.certificate = sign(name, keys, extensions);
    }

    /** The authority's own certificate. */
    X509Certificate certificate() {
        return certificate;
    }

    /** A key and a certificate for a service on this machine, as server and as client. */
    Issued issue(String commonName) throws GeneralSecurityException {
        KeyPair own = newKeys();
        byte[] localhost = Der.tagged(0x82, "localhost".getBytes(StandardCharsets.US_ASCII));
        byte[] loopback = Der.tagged(0x87, new byte[] {127, 0, 0, 1});
        byte[] extensions = Der.sequence(
                extension(BASIC_CONSTRAINTS, true, Der.sequence()),
                // digitalSignature
                extension(KEY_USAGE, true, Der.bits(7, new byte[] {(byte) 0x80})),
                extension(EXTENDED_KEY_USAGE, false, Der.sequence(Der.oid(SERVER_AUTH), Der.oid(CLIENT_AUTH))),
                extension(ALTERNATIVE_NAME, false, Der.sequence(localhost, loopback)));
        return new Issued(own, sign(commonName, own, extensions));
    }

    /** A list of those revoked, in force until {@code nextUpdate}. */
    X509CRL revocations(List<X509Certificate> revoked, Instant now, Instant nextUpdate)
            throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.oid(ECDSA_SHA256));
        byte[][] entries = revoked.stream()
                .map(each -> Der.sequence(Der.integer(each.getSerialNumber()), Der.time(now)))
                .toArray(byte[][]::new);
        byte[] number = extension(CRL_NUMBER, false, Der.integer(BigInteger.valueOf(now.toEpochMilli())));
        byte[] body = Der.sequence(
                Der.integer(BigInteger.ONE),
                algorithm,
                distinguishedName(name),
                Der.time(now),
                Der.time(nextUpdate),
                entries.length == 0 ? new byte[0] : Der.sequence(entries),
                Der.tagged(0xa0, Der.sequence(number)));
        byte[] encoded = Der.sequence(body, algorithm, Der.bits(0, signature(body)));
        return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(encoded));
    }

    private byte[] signature(byte[] body) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(body);
        return signature.sign();
    }

    private X509Certificate sign(String subject, KeyPair subjectKeys, byte[] extensions)
            throws GeneralSecurityException {
        byte[] algorithm = Der.sequence(Der.oid(ECDSA_SHA256));
        byte[] body = Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, RANDOM).setBit(126)),
                algorithm,
                distinguishedName(name),
                Der.sequence(Der.time(from), Der.time(until)),
                distinguishedName(subject),
                subjectKeys.getPublic().getEncoded(),
                Der.tagged(0xa3, extensions));
        byte[] encoded = Der.sequence(body, algorithm, Der.bits(0, signature(body)));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] distinguishedName(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
