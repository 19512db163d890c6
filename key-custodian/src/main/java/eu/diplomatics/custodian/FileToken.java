package eu.diplomatics.custodian;

import eu.diplomatics.custodian.TokenException.Reason;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys in a password-protected PKCS12 file: for the quickstart and tests only. The keys are in this process's memory
 * while it runs, and a destroyed key's blocks stay on the disk until it overwrites them.
 */
final class FileToken implements Token {
    private static final int KEY_BYTES = 32;
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final String HMAC = "HmacSHA256";
    private static final String SIGNATURE = "Ed25519";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyFile file;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final TreeMap<String, FileKey> keys;

    private FileToken(KeyFile file, Map<String, FileKey> keys) {
        this.file = file;
        this.keys = new TreeMap<>(keys);
    }

    /** Makes a token with these keys, in one write; refuses when there is a file already. */
    static FileToken create(Path path, char[] password, Map<String, KeyKind> first) {
        KeyFile file = KeyFile.lock(path, password);
        try {
            Map<String, FileKey> keys = new TreeMap<>();
            for (var key : first.entrySet()) {
                keys.put(key.getKey(), generate(key.getValue()));
            }
            file.createNew(keys);
            return new FileToken(file, keys);
        } catch (GeneralSecurityException e) {
            file.close();
            throw new TokenException(Reason.UNAVAILABLE, "a key cannot be made", e);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Opens the token, for this process alone. */
    static FileToken open(Path path, char[] password) {
        KeyFile file = KeyFile.lock(path, password);
        try {
            return new FileToken(file, file.read());
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public String technology() {
        return "file";
    }

    @Override
    public boolean hardware() {
        return false;
    }

    @Override
    public String signatureAlgorithm() {
        return SIGNATURE;
    }

    @Override
    public void check() {
        lock.readLock().lock();
        try {
            file.checkUnchanged();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<String> labels() {
        lock.readLock().lock();
        try {
            return List.copyOf(keys.keySet());
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public boolean has(String label) {
        lock.readLock().lock();
        try {
            return keys.containsKey(label);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void create(String label, KeyKind kind) {
        lock.writeLock().lock();
        try {
            FileKey existing = keys.get(label);
            if (existing != null) {
                if (existing.kind() != kind) {
                    throw new TokenException(
                            Reason.UNKNOWN_KEY, "label " + label + " belongs to a key of another kind");
                }
                return;
            }
            file.checkUnchanged();
            TreeMap<String, FileKey> next = new TreeMap<>(keys);
            next.put(label, generate(kind));
            file.write(next);
            keys.putAll(next);
        } catch (GeneralSecurityException e) {
            throw new TokenException(Reason.UNAVAILABLE, "a key cannot be made", e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void bring(String label, byte[] secret) {
        lock.writeLock().lock();
        try {
            if (keys.containsKey(label)) {
                throw new TokenException(Reason.UNKNOWN_KEY, "label " + label + " belongs to another key");
            }
            file.checkUnchanged();
            TreeMap<String, FileKey> next = new TreeMap<>(keys);
            next.put(label, new FileKey(KeyKind.DIGEST, secret.clone(), new byte[0]));
            file.write(next);
            keys.putAll(next);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void destroy(String label) {
        lock.writeLock().lock();
        try {
            FileKey key = keys.get(label);
            if (key == null) {
                throw unknown(label);
            }
            file.checkUnchanged();
            TreeMap<String, FileKey> next = new TreeMap<>(keys);
            next.remove(label);
            file.write(next);
            keys.remove(label);
            key.erase();
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public Sealed wrap(String label, byte[] context, byte[] plaintext) {
        return using(label, KeyKind.WRAPPING, key -> {
            byte[] iv = new byte[IV_BYTES];
            RANDOM.nextBytes(iv);
            return new Sealed(iv, cipher(Cipher.ENCRYPT_MODE, key, iv, context).doFinal(plaintext));
        });
    }

    @Override
    public byte[] unwrap(String label, byte[] context, Sealed sealed) {
        return using(label, KeyKind.WRAPPING, key -> {
            try {
                return cipher(Cipher.DECRYPT_MODE, key, sealed.iv(), context).doFinal(sealed.ciphertext());
            } catch (GeneralSecurityException e) {
                throw new TokenException(Reason.MISMATCH, "does not unwrap under key " + label, e);
            }
        });
    }

    @Override
    public List<byte[]> digest(String label, List<byte[]> values) {
        return using(label, KeyKind.DIGEST, key -> {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key.secret(), HMAC));
            List<byte[]> digests = new ArrayList<>(values.size());
            for (byte[] value : values) {
                digests.add(mac.doFinal(value));
            }
            return digests;
        });
    }

    @Override
    public byte[] sign(String label, byte[] message) {
        return using(label, KeyKind.SIGNING, key -> {
            Signature signature = Signature.getInstance(SIGNATURE);
            signature.initSign(
                    KeyFactory.getInstance(SIGNATURE).generatePrivate(new PKCS8EncodedKeySpec(key.secret())));
            signature.update(message);
            return signature.sign();
        });
    }

    @Override
    public byte[] publicKey(String label) {
        return using(label, KeyKind.SIGNING, key -> key.publicPart().clone());
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            keys.values().forEach(FileKey::erase);
            keys.clear();
            file.close();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private interface KeyUse<T> {
        T apply(FileKey key) throws GeneralSecurityException;
    }

    private <T> T using(String label, KeyKind kind, KeyUse<T> use) {
        lock.readLock().lock();
        try {
            // a file that was taken away is a token that was taken away
            file.checkUnchanged();
            FileKey key = keys.get(label);
            if (key == null || key.kind() != kind) {
                throw unknown(label);
            }
            return use.apply(key);
        } catch (GeneralSecurityException e) {
            throw new TokenException(Reason.UNAVAILABLE, "key " + label + " cannot be used", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static TokenException unknown(String label) {
        return new TokenException(Reason.UNKNOWN_KEY, "there is no such key: " + label);
    }

    private static Cipher cipher(int mode, FileKey key, byte[] iv, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key.secret(), "AES"), new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(context);
        return cipher;
    }

    private static FileKey generate(KeyKind kind) throws GeneralSecurityException {
        if (kind == KeyKind.SIGNING) {
            KeyPair pair = KeyPairGenerator.getInstance(SIGNATURE).generateKeyPair();
            return new FileKey(
                    kind, pair.getPrivate().getEncoded(), pair.getPublic().getEncoded());
        }
        byte[] secret = new byte[KEY_BYTES];
        RANDOM.nextBytes(secret);
        return new FileKey(kind, secret, new byte[0]);
    }

    /** A key in memory; a record would print and compare its arrays. */
    static final class FileKey {
        private final KeyKind kind;
        private final byte[] secret;
        private final byte[] publicPart;

        FileKey(KeyKind kind, byte[] secret, byte[] publicPart) {
            this.kind = kind;
            this.secret = secret;
            this.publicPart = publicPart;
        }

        KeyKind kind() {
            return kind;
        }

        byte[] secret() {
            return secret;
        }

        byte[] publicPart() {
            return publicPart;
        }

        void erase() {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
