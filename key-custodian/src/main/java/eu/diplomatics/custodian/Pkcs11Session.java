package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Pkcs11Library.Slot;
import eu.diplomatics.custodian.Token.KeyKind;
import eu.diplomatics.custodian.Token.Sealed;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login to a token, through the JDK's provider. Once the token was gone it is of no use any more, whatever the
 * provider says: a failure is a {@link GeneralSecurityException} or {@link ProviderException}, and the caller opens
 * another one. Destroying a key needs it alone.
 */
final class Pkcs11Session implements AutoCloseable {
    static final String SIGNATURE = "SHA256withECDSA";

    private static final Logger LOG = LoggerFactory.getLogger(Pkcs11Session.class);
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final String HMAC = "HmacSHA256";
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Pkcs11Library library;
    private final Slot slot;
    private final Pkcs11Login login;
    private final Provider provider;
    private final Map<String, Held> keys = new ConcurrentSkipListMap<>();

    private record Held(KeyKind kind, Key key, @Nullable Certificate certificate) {}

    private Pkcs11Session(Pkcs11Library library, Slot slot, Pkcs11Login login) {
        this.library = library;
        this.slot = slot;
        this.login = login;
        this.provider = login.provider();
    }

    /** @param known keys without which it is not the token that it was */
    static Pkcs11Session open(Pkcs11Library library, Path path, Slot slot, char[] pin, Set<String> known) {
        Pkcs11Session session = new Pkcs11Session(library, slot, Pkcs11Login.to(path, slot, pin));
        try {
            for (String label : Collections.list(session.login.store().aliases())) {
                session.take(label);
            }
            Set<String> lost = new TreeSet<>(known);
            lost.removeAll(session.labels());
            if (!lost.isEmpty()) {
                throw new TokenException(
                        Reason.INCOMPLETE, "token " + slot.label() + " lacks keys that it had: " + lost);
            }
            return session;
        } catch (GeneralSecurityException | ProviderException e) {
            session.close();
            throw new TokenException(Reason.UNAVAILABLE, "token " + slot.label() + " cannot be read", e);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    Set<String> labels() {
        return new TreeSet<>(keys.keySet());
    }

    boolean has(String label, KeyKind kind) {
        Held held = keys.get(label);
        return held != null && held.kind() == kind;
    }

    /** Fails unless the token is there and holds every key it had: a vanished one lists nothing and does not complain. */
    Pkcs11Session check() throws GeneralSecurityException {
        if (!library.isThere(slot) || !stored().containsAll(keys.keySet())) {
            throw new ProviderException("the token, or a key in it, is gone");
        }
        return this;
    }

    /** Whether a key of this label can be made. */
    void checkFree(String label) throws GeneralSecurityException {
        check();
        if (stored().contains(label)) {
            throw new TokenException(Reason.UNKNOWN_KEY, "label " + label + " belongs to a key of another kind");
        }
    }

    void destroy(String label) throws GeneralSecurityException {
        if (!keys.containsKey(label)) {
            throw unknown(label);
        }
        check();
        login.store().deleteEntry(label);
        // the store does not say whether it deleted anything
        if (stored().contains(label)) {
            throw new ProviderException("the key that was destroyed is still there");
        }
        keys.remove(label);
        check();
    }

    Sealed wrap(String label, byte[] context, byte[] plaintext) throws GeneralSecurityException {
        return wrap(held(label, KeyKind.WRAPPING).key(), context, plaintext);
    }

    byte[] unwrap(String label, byte[] context, Sealed sealed) throws GeneralSecurityException {
        Key key = held(label, KeyKind.WRAPPING).key();
        try {
            return unwrap(key, context, sealed);
        } catch (GeneralSecurityException | ProviderException e) {
            LOG.debug("does not unwrap at first: {}", e.toString());
        }
        try {
            // a single refusal may be the device's fault, not the ciphertext's
            return unwrap(key, context, sealed);
        } catch (GeneralSecurityException | ProviderException e) {
            byte[] probe = new byte[IV_BYTES];
            if (!Arrays.equals(unwrap(key, context, wrap(key, context, probe)), probe)) {
                throw new ProviderException("the token does not unwrap what it wrapped", e);
            }
            throw new TokenException(Reason.MISMATCH, "does not unwrap under key " + label, e);
        }
    }

    List<byte[]> digest(String label, List<byte[]> values) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(HMAC, provider);
        mac.init(held(label, KeyKind.DIGEST).key());
        List<byte[]> digests = new ArrayList<>(values.size());
        for (byte[] value : values) {
            digests.add(mac.doFinal(value));
        }
        return digests;
    }

    byte[] sign(String label, byte[] message) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURE, provider);
        signature.initSign((PrivateKey) held(label, KeyKind.SIGNING).key());
        signature.update(message);
        return signature.sign();
    }

    byte[] publicKey(String label) {
        Certificate certificate = held(label, KeyKind.SIGNING).certificate();
        if (certificate == null) {
            throw unknown(label);
        }
        return certificate.getPublicKey().getEncoded();
    }

    @Override
    public void close() {
        keys.clear();
        login.close();
    }

    /** What the token holds now. */
    private Set<String> stored() throws GeneralSecurityException {
        try {
            KeyStore now = KeyStore.getInstance("PKCS11", provider);
            now.load(null, null);
            return new TreeSet<>(Collections.list(now.aliases()));
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private void take(String label) throws GeneralSecurityException {
        Key key = login.store().getKey(label, null);
        KeyKind kind = key == null ? null : kindOf(key);
        if (key == null || kind == null) {
            return;
        }
        if (key.getEncoded() != null) {
            throw new TokenException(Reason.CORRUPT, "key " + label + " can be taken out of the token");
        }
        keys.put(label, new Held(kind, key, login.store().getCertificate(label)));
    }

    private static @Nullable KeyKind kindOf(Key key) {
        String algorithm = key.getAlgorithm();
        if (key instanceof PrivateKey) {
            return algorithm.equals("EC") ? KeyKind.SIGNING : null;
        }
        if (algorithm.equals("AES")) {
            return KeyKind.WRAPPING;
        }
        return algorithm.equals("Generic Secret") || algorithm.equals(HMAC) ? KeyKind.DIGEST : null;
    }

    private Held held(String label, KeyKind kind) {
        Held held = keys.get(label);
        if (held == null || held.kind() != kind) {
            throw unknown(label);
        }
        return held;
    }

    private static TokenException unknown(String label) {
        return new TokenException(Reason.UNKNOWN_KEY, "there is no such key: " + label);
    }

    private Sealed wrap(Key key, byte[] context, byte[] plaintext) throws GeneralSecurityException {
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        return new Sealed(iv, cipher(Cipher.ENCRYPT_MODE, key, iv, context).doFinal(plaintext));
    }

    private byte[] unwrap(Key key, byte[] context, Sealed sealed) throws GeneralSecurityException {
        return cipher(Cipher.DECRYPT_MODE, key, sealed.iv(), context).doFinal(sealed.ciphertext());
    }

    private Cipher cipher(int mode, Key key, byte[] iv, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER, provider);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(context);
        return cipher;
    }
}
