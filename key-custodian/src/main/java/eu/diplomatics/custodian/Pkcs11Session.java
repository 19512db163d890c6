package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Pkcs11Library.Slot;
import eu.diplomatics.custodian.Token.KeyKind;
import eu.diplomatics.custodian.Token.Sealed;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login to a token, through the JDK's provider. Once the token was gone it is of no use any more, whatever the
 * provider says: a failure is a {@link GeneralSecurityException} or {@link ProviderException}, and the caller opens
 * another one. Making and destroying keys needs it alone.
 */
final class Pkcs11Session {
    static final String SIGNATURE = "SHA256withECDSA";

    private static final Logger LOG = LoggerFactory.getLogger(Pkcs11Session.class);
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final String HMAC = "HmacSHA256";
    private static final int KEY_BITS = 256;
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();
    // destroyTokenAfterLogout: otherwise the garbage collector would later close sessions and objects by numbers that
    // belong to the next session
    private static final String PROVIDER = """
            --name = custodian
            library = %s
            slot = %d
            destroyTokenAfterLogout = true
            attributes(generate, CKO_SECRET_KEY, CKK_AES) = {
              CKA_SENSITIVE = true CKA_EXTRACTABLE = false
              CKA_ENCRYPT = true CKA_DECRYPT = true CKA_WRAP = false CKA_UNWRAP = false
            }
            attributes(generate, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {
              CKA_SENSITIVE = true CKA_EXTRACTABLE = false CKA_SIGN = true CKA_VERIFY = true
            }
            attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {
              CKA_SENSITIVE = true CKA_EXTRACTABLE = false CKA_SIGN = true
            }
            """;

    private final Pkcs11Library library;
    private final Slot slot;
    private final Provider provider;
    private final KeyStore store;
    private final Map<String, Held> keys = new ConcurrentSkipListMap<>();

    private record Held(KeyKind kind, Key key, @Nullable Certificate certificate) {}

    private Pkcs11Session(Pkcs11Library library, Slot slot, Provider provider, KeyStore store) {
        this.library = library;
        this.slot = slot;
        this.provider = provider;
        this.store = store;
    }

    static Pkcs11Session logIn(Pkcs11Library library, Path path, Slot slot, char[] pin) {
        if (!slot.loginRequired()) {
            throw new TokenException(Reason.CORRUPT, "token " + slot.label() + " asks for no PIN");
        }
        if (slot.lockedOrAlmost()) {
            throw new TokenException(
                    Reason.WRONG_PASSWORD, "token " + slot.label() + " is locked, or one wrong PIN away from it");
        }
        Provider provider = Security.getProvider("SunPKCS11").configure(PROVIDER.formatted(path, slot.id()));
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, pin);
            Pkcs11Session session = new Pkcs11Session(library, slot, provider, store);
            for (String label : Collections.list(store.aliases())) {
                session.take(label);
            }
            return session;
        } catch (IOException e) {
            logOut(provider);
            if (isPinRefused(e)) {
                throw new TokenException(Reason.WRONG_PASSWORD, "the PIN does not open token " + slot.label(), e);
            }
            throw new TokenException(Reason.UNAVAILABLE, "token " + slot.label() + " cannot be opened", e);
        } catch (GeneralSecurityException | RuntimeException e) {
            logOut(provider);
            if (e instanceof TokenException known) {
                throw known;
            }
            throw new TokenException(Reason.UNAVAILABLE, "token " + slot.label() + " cannot be opened", e);
        }
    }

    /** The type that carries the library's answer is the JDK's own; its message is the answer's name. */
    private static boolean isPinRefused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && message.startsWith("CKR_PIN_")) {
                return true;
            }
        }
        return false;
    }

    Set<String> labels() {
        return new TreeSet<>(keys.keySet());
    }

    boolean has(String label, KeyKind kind) {
        Held held = keys.get(label);
        return held != null && held.kind() == kind;
    }

    /** Fails unless the token is there and holds every key it had: a vanished one lists nothing and does not complain. */
    void check() throws GeneralSecurityException {
        if (!library.isThere(slot) || !stored().containsAll(keys.keySet())) {
            throw new ProviderException("the token, or a key in it, is gone");
        }
    }

    void create(String label, KeyKind kind) throws GeneralSecurityException {
        check();
        if (stored().contains(label)) {
            if (!has(label, kind)) {
                throw new TokenException(Reason.UNKNOWN_KEY, "label " + label + " belongs to a key of another kind");
            }
            return;
        }
        if (kind == KeyKind.SIGNING) {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", provider);
            pairs.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = pairs.generateKeyPair();
            X509Certificate certificate = SelfSigned.of(pair, label, provider);
            store.setEntry(
                    label, new KeyStore.PrivateKeyEntry(pair.getPrivate(), new X509Certificate[] {certificate}), null);
        } else {
            KeyGenerator generator = KeyGenerator.getInstance(kind == KeyKind.WRAPPING ? "AES" : HMAC, provider);
            generator.init(KEY_BITS);
            store.setEntry(label, new KeyStore.SecretKeyEntry(generator.generateKey()), null);
        }
        take(label);
        if (!keys.containsKey(label)) {
            throw new ProviderException("the key that was made is not there");
        }
    }

    void destroy(String label) throws GeneralSecurityException {
        if (!keys.containsKey(label)) {
            throw unknown(label);
        }
        check();
        store.deleteEntry(label);
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

    void logOut() {
        keys.clear();
        logOut(provider);
    }

    private static void logOut(Provider provider) {
        try {
            ((AuthProvider) provider).logout();
        } catch (LoginException | RuntimeException e) {
            LOG.debug("token could not be logged out of: {}", e.toString());
        }
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
        Key key = store.getKey(label, null);
        KeyKind kind = key == null ? null : kindOf(key);
        if (key == null || kind == null) {
            return;
        }
        if (key.getEncoded() != null) {
            throw new TokenException(Reason.CORRUPT, "key " + label + " can be taken out of the token");
        }
        keys.put(label, new Held(kind, key, store.getCertificate(label)));
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
