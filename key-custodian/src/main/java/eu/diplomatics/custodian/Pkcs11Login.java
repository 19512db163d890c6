package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Pkcs11Library.Slot;
import eu.diplomatics.custodian.Token.KeyKind;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.login.LoginException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A login of the JDK's provider to a token; at most one at a time, because the token logs in the process as a whole. Leaves
 * nothing behind when it is closed.
 */
final class Pkcs11Login implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pkcs11Login.class);
    private static final int KEY_BITS = 256;
    // destroyTokenAfterLogout: closes the sessions now and not when the garbage collector comes
    private static final String PROVIDER = """
            --name = custodian
            library = %s
            slot = %d
            destroyTokenAfterLogout = true
            """;
    // Made as objects of the token at once. The provider's usual way, a temporary key that is then copied, leaves one
    // that the garbage collector destroys later by its number, and after the library was started anew that is the
    // number of another key: it destroyed keys of SoftHSM.
    private static final String MADE = """
            attributes(generate, *, *) = { CKA_TOKEN = true CKA_LABEL = 0h%1$s }
            attributes(generate, CKO_SECRET_KEY, *) = {
              CKA_PRIVATE = true CKA_SENSITIVE = true CKA_EXTRACTABLE = false
            }
            attributes(generate, CKO_SECRET_KEY, CKK_AES) = {
              CKA_ENCRYPT = true CKA_DECRYPT = true CKA_WRAP = false CKA_UNWRAP = false
            }
            attributes(generate, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = { CKA_SIGN = true CKA_VERIFY = true }
            attributes(generate, CKO_PUBLIC_KEY, *) = { CKA_ID = 0h%1$s CKA_VERIFY = true }
            attributes(generate, CKO_PRIVATE_KEY, *) = {
              CKA_ID = 0h%1$s CKA_PRIVATE = true CKA_SENSITIVE = true CKA_EXTRACTABLE = false CKA_SIGN = true
            }
            """;

    // the provider makes an object of the token of what it is given to use
    private static final String BROUGHT = """
            attributes(import, CKO_SECRET_KEY, *) = {
              CKA_TOKEN = true CKA_LABEL = 0h%1$s
              CKA_PRIVATE = true CKA_SENSITIVE = true CKA_EXTRACTABLE = false CKA_SIGN = true CKA_VERIFY = true
            }
            """;

    private final AuthProvider provider;
    private final KeyStore store;

    private Pkcs11Login(AuthProvider provider, KeyStore store) {
        this.provider = provider;
        this.store = store;
    }

    /** Tries the PIN once. */
    static Pkcs11Login to(Path library, Slot slot, char[] pin) {
        return to(library, slot, pin, "");
    }

    private static Pkcs11Login to(Path library, Slot slot, char[] pin, String more) {
        if (!slot.loginRequired()) {
            throw new TokenException(Reason.CORRUPT, "token " + slot.label() + " asks for no PIN");
        }
        if (slot.lockedOrAlmost()) {
            throw new TokenException(
                    Reason.LOCKED, "token " + slot.label() + " is locked, or one wrong PIN away from it");
        }
        AuthProvider provider = (AuthProvider)
                Security.getProvider("SunPKCS11").configure(PROVIDER.formatted(library, slot.id()) + more);
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, pin);
            return new Pkcs11Login(provider, store);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            end(provider);
            if (isPinRefused(e)) {
                throw new TokenException(Reason.WRONG_PASSWORD, "the PIN does not open token " + slot.label(), e);
            }
            throw new TokenException(Reason.UNAVAILABLE, "token " + slot.label() + " cannot be opened", e);
        }
    }

    /** Makes a key, which cannot be taken out of the token, in a login of its own. */
    static void make(Path library, Slot slot, char[] pin, String label, KeyKind kind) throws GeneralSecurityException {
        String name = HexFormat.of().formatHex(label.getBytes(StandardCharsets.UTF_8));
        try (Pkcs11Login login = to(library, slot, pin, MADE.formatted(name))) {
            if (kind == KeyKind.SIGNING) {
                KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", login.provider);
                pairs.initialize(new ECGenParameterSpec("secp256r1"));
                KeyPair pair = pairs.generateKeyPair();
                X509Certificate[] chain = {SelfSigned.of(pair, label, login.provider)};
                login.store.setEntry(label, new KeyStore.PrivateKeyEntry(pair.getPrivate(), chain), null);
            } else {
                KeyGenerator generator = kind == KeyKind.WRAPPING
                        ? KeyGenerator.getInstance("AES", login.provider)
                        : KeyGenerator.getInstance("HmacSHA256", login.provider);
                generator.init(KEY_BITS);
                generator.generateKey();
            }
        }
    }

    /** Puts a digest key made elsewhere into the token, from which it cannot be taken any more. */
    static void bring(Path library, Slot slot, char[] pin, String label, byte[] secret)
            throws GeneralSecurityException {
        String name = HexFormat.of().formatHex(label.getBytes(StandardCharsets.UTF_8));
        try (Pkcs11Login login = to(library, slot, pin, BROUGHT.formatted(name))) {
            Mac.getInstance("HmacSHA256", login.provider).init(new SecretKeySpec(secret, "HmacSHA256"));
        }
    }

    Provider provider() {
        return provider;
    }

    KeyStore store() {
        return store;
    }

    @Override
    public void close() {
        end(provider);
    }

    private static void end(AuthProvider provider) {
        try {
            provider.logout();
        } catch (LoginException | RuntimeException e) {
            LOG.debug("token could not be logged out of: {}", e.toString());
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
}
