package eu.diplomatics.led;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.crypto.AlgorithmSuite;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.WSDataRef;
import org.apache.wss4j.dom.engine.WSSConfig;
import org.apache.wss4j.dom.engine.WSSecurityEngine;
import org.apache.wss4j.dom.engine.WSSecurityEngineResult;
import org.apache.wss4j.dom.handler.RequestData;
import org.apache.wss4j.dom.handler.WSHandlerResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/**
 * Who signed a message, by WS-Security: an X.509 token, one signature over the very body and the very time stamp of this
 * tree (exclusive canonicalisation, SHA-256), the time stamp fresh, and the message never seen before.
 */
public final class LedSignatures {
    private static final Logger LOG = LoggerFactory.getLogger(LedSignatures.class);
    /** How old a message may be, and how far its sender's clock may be ahead. */
    static final Duration OLDEST = Duration.ofMinutes(5);

    private static final Duration AHEAD = Duration.ofMinutes(1);
    private static final int MOST_REMEMBERED = 200_000;

    private final LedSigners signers;
    private final Merlin trust;
    private final InstantSource clock;
    private final Map<String, Instant> seen = new ConcurrentHashMap<>();
    private Instant cleanedAt = Instant.EPOCH;

    public LedSignatures(LedSigners signers, InstantSource clock) {
        this.signers = signers;
        this.trust = signers.trust();
        this.clock = clock;
    }

    public boolean areExpected() {
        return !signers.isEmpty();
    }

    /**
     * The party that signed.
     *
     * @param connection the client's certificate of the connection, where it has one: it has to be the same party's
     * @throws LedRefusedException when it is not shown that one of the parties says this, now
     */
    public String signer(LedEnvelope envelope, @Nullable X509Certificate connection) throws LedRefusedException {
        Element security = envelope.security()
                .orElseThrow(() -> new LedRefusedException("UNAUTHENTICATED", "the message is not signed"));
        WSSecurityEngineResult signature = verified(security);
        Element stamp = only(security, "Timestamp");
        checkFresh(stamp);
        Set<Element> signed = new HashSet<>();
        for (Object reference : (List<?>) signature.getOrDefault(WSSecurityEngineResult.TAG_DATA_REF_URIS, List.of())) {
            signed.add(((WSDataRef) reference).getProtectedElement());
        }
        // the nodes themselves: an element of the same id, moved elsewhere, is not what is answered
        if (!signed.contains(envelope.body()) || !signed.contains(stamp)) {
            throw refused("its signature is not over its body and its time stamp");
        }
        if (!(signature.get(WSSecurityEngineResult.TAG_X509_CERTIFICATE) instanceof X509Certificate certificate)
                || !(signature.get(WSSecurityEngineResult.TAG_SIGNATURE_VALUE) instanceof byte[] value)) {
            throw refused("it says no certificate");
        }
        String party = signers.party(certificate).orElseThrow(() -> refused("its certificate is nobody's here"));
        if (connection != null && !party.equals(signers.party(connection).orElse(""))) {
            throw refused("who connected is not who signed");
        }
        remember(value);
        return party;
    }

    private WSSecurityEngineResult verified(Element security) throws LedRefusedException {
        try {
            WSHandlerResult found = new WSSecurityEngine().processSecurityHeader(security, asks());
            List<WSSecurityEngineResult> signatures =
                    found.getActionResults().getOrDefault(WSConstants.SIGN, List.of());
            if (signatures.size() != 1) {
                throw refused("it has not one signature");
            }
            return signatures.getFirst();
        } catch (WSSecurityException e) {
            // its message may repeat what the sender wrote
            LOG.info("signature refused: {}", e.getErrorCode());
            throw refused("its signature or its time stamp does not hold");
        }
    }

    private RequestData asks() {
        AlgorithmSuite suite = new AlgorithmSuite();
        suite.addSignatureMethod(WSS4JConstants.RSA_SHA256);
        suite.addSignatureMethod(WSS4JConstants.ECDSA_SHA256);
        suite.addDigestAlgorithm(WSS4JConstants.SHA256);
        suite.addC14nAlgorithm(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS);
        suite.addTransformAlgorithm(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS);
        suite.setMinimumAsymmetricKeyLength(2048);
        suite.setMaximumAsymmetricKeyLength(8192);
        suite.setMinimumEllipticCurveKeyLength(256);
        suite.setMaximumEllipticCurveKeyLength(521);
        WSSConfig configuration = WSSConfig.getNewInstance();
        RequestData data = new RequestData();
        data.setWssConfig(configuration);
        data.setSigVerCrypto(trust);
        data.setAlgorithmSuite(suite);
        data.setTimeStampStrict(true);
        data.setTimeStampTTL((int) OLDEST.toSeconds());
        data.setTimeStampFutureTTL((int) AHEAD.toSeconds());
        data.setEnableRevocation(false);
        return data;
    }

    private static Element only(Element security, String name) throws LedRefusedException {
        List<Element> found = Elements.children(security).stream()
                .filter(element ->
                        name.equals(element.getLocalName()) && WSS4JConstants.WSU_NS.equals(element.getNamespaceURI()))
                .toList();
        if (found.size() != 1) {
            throw refused("it has not one time stamp");
        }
        return found.getFirst();
    }

    /** By our clock; WSS4J has looked at its own. */
    private void checkFresh(Element stamp) throws LedRefusedException {
        Instant now = clock.instant();
        try {
            Instant created = Instant.parse(Elements.text(stamp, "Created").orElse(""));
            if (now.isAfter(created.plus(OLDEST)) || now.isBefore(created.minus(AHEAD))) {
                throw refused("it is too old, or of a time to come");
            }
        } catch (DateTimeParseException e) {
            throw refused("its time stamp is not in UTC");
        }
    }

    /** For as long as its time stamp would let it in again. */
    private void remember(byte[] signature) throws LedRefusedException {
        Instant now = clock.instant();
        synchronized (seen) {
            if (now.isAfter(cleanedAt.plus(AHEAD))) {
                seen.values().removeIf(until -> until.isBefore(now));
                cleanedAt = now;
            }
        }
        if (seen.size() >= MOST_REMEMBERED) {
            throw new LedRefusedException("OVERLOADED", "too many messages at the moment");
        }
        if (seen.putIfAbsent(digest(signature), now.plus(OLDEST).plus(AHEAD)) != null) {
            throw new LedRefusedException("MESSAGE_REPLAYED", "this very message came before");
        }
    }

    private static String digest(byte[] signature) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(signature));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static LedRefusedException refused(String why) {
        return new LedRefusedException("SIGNATURE_REFUSED", "the message is not accepted: " + why);
    }
}
