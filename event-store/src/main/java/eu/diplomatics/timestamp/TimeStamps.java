package eu.diplomatics.timestamp;

import eu.diplomatics.timestamp.TimeStampException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TSPValidationException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * Asks for RFC 3161 time stamps and verifies them under the certificates of authorities that are trusted. The imprint is
 * SHA-256. Revocation is not looked up: nothing here uses the network; whoever relies on a stamp for long asks the
 * authority. Thread-safe.
 */
public final class TimeStamps {
    private static final int NONCE_BITS = 64;
    private static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

    private final List<X509Certificate> trusted;
    private final SecureRandom random = new SecureRandom();

    /** @param trusted certificates of authorities, or of those who issued theirs */
    public TimeStamps(List<X509Certificate> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    /**
     * Reads certificates in PEM or DER.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static TimeStamps trusting(byte[] certificates) {
        try {
            List<X509Certificate> read =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(certificates))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (read.isEmpty()) {
                throw new IllegalArgumentException("no certificate");
            }
            return new TimeStamps(read);
        } catch (CertificateException e) {
            throw new IllegalArgumentException("no certificate", e);
        }
    }

    /** Reads the certificates in a file, as {@link #trusting(byte[])} does. */
    public static TimeStamps trusting(Path certificates) throws IOException {
        return trusting(Files.readAllBytes(certificates));
    }

    /** What a stamp says: somebody had seen the content at this time. */
    public record Stamped(Instant time, String authority) {}

    /** A question for an authority. */
    public final class Query {
        private final byte[] content;
        private final TimeStampRequest request;

        private Query(byte[] content, TimeStampRequest request) {
            this.content = content;
            this.request = request;
        }

        /** The body of the request, {@code application/timestamp-query}. */
        public byte[] toBytes() {
            try {
                return request.getEncoded();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /**
         * Reads and verifies the answer.
         *
         * @param reply {@code application/timestamp-reply}
         * @return the token, to be kept
         * @throws TimeStampException when it is not what was asked for, or not to be believed
         */
        public byte[] token(byte[] reply) {
            try {
                TimeStampResponse response = new TimeStampResponse(reply);
                if (response.getTimeStampToken() == null) {
                    throw new TimeStampException(Reason.NOT_GRANTED, "status " + response.getStatus());
                }
                // nonce, imprint and status are those of the request
                response.validate(request);
                byte[] token = response.getTimeStampToken().getEncoded();
                verify(content, token);
                return token;
            } catch (TSPValidationException e) {
                throw new TimeStampException(Reason.OTHER_CONTENT, String.valueOf(e.getMessage()));
            } catch (TimeStampException e) {
                throw e;
            } catch (TSPException | IOException | RuntimeException e) {
                // the parser meets malformed input with whatever exception is at hand
                throw new TimeStampException(Reason.UNREADABLE, "no reply of RFC 3161");
            }
        }
    }

    /** A question about a content, with a nonce, that asks for the authority's certificate too. */
    public Query query(byte[] content) {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        return new Query(
                content.clone(),
                generator.generate(
                        NISTObjectIdentifiers.id_sha256, sha256(content), new BigInteger(NONCE_BITS, random)));
    }

    /**
     * Verifies a token as it was kept.
     *
     * @throws TimeStampException with the reason why it is not to be believed
     */
    public Stamped verify(byte[] content, byte[] token) {
        try {
            TimeStampToken read = new TimeStampToken(new CMSSignedData(token));
            if (!read.getTimeStampInfo().getMessageImprintAlgOID().equals(NISTObjectIdentifiers.id_sha256)
                    || !MessageDigest.isEqual(read.getTimeStampInfo().getMessageImprintDigest(), sha256(content))) {
                throw new TimeStampException(Reason.OTHER_CONTENT, "it stamps another content");
            }
            Instant time = read.getTimeStampInfo().getGenTime().toInstant();
            X509Certificate signer = signer(read);
            checkIssued(signer);
            checkValid(signer, time);
            checkPurpose(signer);
            // signature, signing-certificate attribute and key usage
            read.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
            return new Stamped(time, signer.getSubjectX500Principal().getName());
        } catch (TSPValidationException e) {
            throw new TimeStampException(Reason.SIGNATURE_INVALID, String.valueOf(e.getMessage()));
        } catch (TimeStampException e) {
            throw e;
        } catch (TSPException
                | CMSException
                | IOException
                | CertificateException
                | OperatorCreationException
                | RuntimeException e) {
            throw new TimeStampException(Reason.UNREADABLE, "no token of RFC 3161");
        }
    }

    private X509Certificate signer(TimeStampToken token) throws CertificateException {
        Collection<X509CertificateHolder> sent = token.getCertificates().getMatches(token.getSID());
        if (!sent.isEmpty()) {
            return new JcaX509CertificateConverter()
                    .getCertificate(sent.iterator().next());
        }
        for (X509Certificate certificate : trusted) {
            if (token.getSID().match(new JcaX509CertificateHolder(certificate))) {
                return certificate;
            }
        }
        throw new TimeStampException(Reason.CERTIFICATE_UNKNOWN, "the certificate that signed is not there");
    }

    private void checkIssued(X509Certificate signer) {
        for (X509Certificate certificate : trusted) {
            if (certificate.equals(signer)) {
                return;
            }
            try {
                // a certificate that may issue none is trusted for itself only
                if (certificate.getBasicConstraints() >= 0
                        && certificate.getSubjectX500Principal().equals(signer.getIssuerX500Principal())) {
                    signer.verify(certificate.getPublicKey());
                    return;
                }
            } catch (GeneralSecurityException e) {
                // not issued by this one
            }
        }
        throw new TimeStampException(
                Reason.CERTIFICATE_UNKNOWN,
                "issued by " + signer.getIssuerX500Principal().getName() + ", which is not trusted here");
    }

    private static void checkValid(X509Certificate signer, Instant time) {
        try {
            signer.checkValidity(Date.from(time));
        } catch (CertificateException e) {
            throw new TimeStampException(
                    Reason.CERTIFICATE_EXPIRED,
                    "stamped at " + time + ", the certificate is valid from "
                            + signer.getNotBefore().toInstant() + " to "
                            + signer.getNotAfter().toInstant());
        }
    }

    static void checkPurpose(X509Certificate signer) throws CertificateException {
        List<String> purposes = signer.getExtendedKeyUsage();
        if (purposes == null || !purposes.equals(List.of(TIME_STAMPING))) {
            throw new TimeStampException(Reason.CERTIFICATE_PURPOSE, "the certificate is not one for time stamps only");
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
