package eu.diplomatics.custodian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Random parts, each held by another person, from which the same index keys come about in the tokens of several sites.
 * Who lacks one of the parts knows nothing about the keys.
 */
final class KeyComponents implements AutoCloseable {
    private static final int BYTES = 32;
    private static final String DOMAIN = "diplomatics index key v1\n";

    private final byte[] combined = new byte[BYTES];

    private KeyComponents() {}

    /** Writes a new part to a file that only its owner reads. */
    static void make(Path file) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    file, HexFormat.of().formatHex(random) + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationException("file " + file + " is there already", "name another --out", e);
        } catch (IOException e) {
            throw new ConfigurationException("file " + file + " cannot be written", "check its directory", e);
        } finally {
            Arrays.fill(random, (byte) 0);
        }
    }

    /** @throws ConfigurationException unless there are two or more, all different */
    static KeyComponents combine(List<Path> files) {
        if (files.size() < 2) {
            throw new ConfigurationException(
                    "one component would put the keys into one hand", "give --component twice or more");
        }
        KeyComponents combination = new KeyComponents();
        Set<String> seen = new HashSet<>();
        for (Path file : files) {
            String text;
            try {
                text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            } catch (IOException e) {
                throw new ConfigurationException("component " + file + " cannot be read", "check --component", e);
            }
            if (!text.matches("[0-9a-f]{64}") || !seen.add(text)) {
                throw new ConfigurationException(
                        "component " + file + " is not one, or the same as another",
                        "custodian component --out FILE makes one");
            }
            byte[] part = HexFormat.of().parseHex(text);
            for (int i = 0; i < BYTES; i++) {
                combination.combined[i] ^= part[i];
            }
            Arrays.fill(part, (byte) 0);
        }
        return combination;
    }

    /** The key of this label; another label gives an independent one. */
    byte[] indexKey(String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(combined, "HmacSHA256"));
            return mac.doFinal((DOMAIN + label).getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        Arrays.fill(combined, (byte) 0);
    }
}
