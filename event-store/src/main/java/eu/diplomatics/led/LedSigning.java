package eu.diplomatics.led;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.message.WSSecHeader;
import org.apache.wss4j.dom.message.WSSecSignature;
import org.apache.wss4j.dom.message.WSSecTimestamp;
import org.w3c.dom.Document;

/** Signs messages with one key: body and time stamp, by WS-Security, as {@link LedSignatures} asks for. */
public final class LedSigning {
    private final Merlin crypto;
    private final String alias;
    private final char[] password;
    private final String algorithm;

    private LedSigning(Merlin crypto, String alias, char[] password, String algorithm) {
        this.crypto = crypto;
        this.alias = alias;
        this.password = password;
        this.algorithm = algorithm;
    }

    /**
     * With the only key of a store.
     *
     * @throws IllegalArgumentException when it cannot be read, or has not one key
     */
    public static LedSigning load(Path keyStore, char[] password) {
        try (InputStream in = Files.newInputStream(keyStore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    Merlin crypto = new Merlin();
                    crypto.setKeyStore(store);
                    boolean rsa = store.getCertificate(alias)
                            .getPublicKey()
                            .getAlgorithm()
                            .equals("RSA");
                    return new LedSigning(
                            crypto,
                            alias,
                            password.clone(),
                            rsa ? WSS4JConstants.RSA_SHA256 : WSS4JConstants.ECDSA_SHA256);
                }
            }
            throw new IllegalArgumentException("the store has no key to sign with");
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the store of the key to sign with cannot be read", e);
        }
    }

    /** Adds the header to a message. */
    public void sign(Document message) {
        try {
            WSSecHeader header = new WSSecHeader(message);
            header.insertSecurityHeader();
            WSSecTimestamp stamp = new WSSecTimestamp(header);
            stamp.setTimeToLive((int) LedSignatures.OLDEST.toSeconds());
            stamp.build();
            WSSecSignature signature = new WSSecSignature(header);
            signature.setUserInfo(alias, new String(password));
            signature.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
            signature.setSignatureAlgorithm(algorithm);
            signature.setDigestAlgo(WSS4JConstants.SHA256);
            signature.setSigCanonicalization(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS);
            signature.getParts().add(new WSEncryptionPart("Body", LedEnvelope.SOAP, "Content"));
            signature.getParts().add(new WSEncryptionPart("Timestamp", WSS4JConstants.WSU_NS, ""));
            signature.build(crypto);
        } catch (WSSecurityException e) {
            throw new IllegalStateException("a message was not signed", e);
        }
    }

    /** The message as it was written, signed. */
    public byte[] sign(byte[] message, StrictXml.Bounds bounds) {
        try {
            Document document = StrictXml.read(message, bounds);
            sign(document);
            return StrictXml.write(document);
        } catch (XmlRefusedException e) {
            throw new IllegalStateException("a message of ours is not read", e);
        }
    }
}
