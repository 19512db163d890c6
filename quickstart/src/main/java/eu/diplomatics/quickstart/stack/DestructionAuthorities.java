package eu.diplomatics.quickstart.stack;

import eu.diplomatics.receipt.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whose word the custodian takes for the end of a key: the keys of controller and backups, made on this machine, and the
 * registry's public one. Elsewhere each of them belongs to somebody else, and the ceremony brings them together.
 */
final class DestructionAuthorities {
    private static final String CONTROLLER = "controller";
    private static final String MANIFEST = "manifest";
    private static final String EXPORT = "export";
    private static final String INVENTORY = "inventory";
    private static final String SCHEDULE = "diplomatics destruction schedule v1";
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int NEWER_GENERATIONS = 3;
    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    private final Path directory;
    private final Path generations;

    DestructionAuthorities(Layout layout) {
        this.directory = layout.data().resolve("authorities");
        this.generations = layout.backups().resolve("index.json");
    }

    /** Makes what is not there yet. */
    void make() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : List.of(CONTROLLER, MANIFEST, EXPORT)) {
            // the public half last: without it the other is of a start that was cut short
            if (!Files.exists(publicKey(name))) {
                KeyPair made = pair();
                Files.writeString(
                        privateKey(name),
                        "-----BEGIN PRIVATE KEY-----\n"
                                + BASE64.encodeToString(made.getPrivate().getEncoded())
                                + "\n-----END PRIVATE KEY-----\n");
                Files.setPosixFilePermissions(privateKey(name), PosixFilePermissions.fromString("rw-------"));
                Files.writeString(
                        publicKey(name), BASE64.encodeToString(made.getPublic().getEncoded()));
            }
        }
    }

    /** Signs manifests and the index of generations. */
    Path manifestKey() {
        return privateKey(MANIFEST);
    }

    List<String> manifestKeys() throws IOException {
        return Files.readAllLines(publicKey(MANIFEST));
    }

    /** Signs exports; no word of the custodian's hangs on it. */
    Path exportKey() {
        return privateKey(EXPORT);
    }

    String exportPublicKey() throws IOException {
        return Files.readString(publicKey(EXPORT)).strip();
    }

    /** For the custodian's configuration; without the registry's key until that was learnt. */
    ObjectNode configuration() throws IOException {
        ObjectNode authorities = JsonMapper.shared().createObjectNode();
        for (String name : List.of(CONTROLLER, MANIFEST, INVENTORY)) {
            if (Files.exists(publicKey(name))) {
                ArrayNode keys = authorities.putArray(name);
                Files.readAllLines(publicKey(name)).forEach(keys::add);
            }
        }
        return authorities;
    }

    /**
     * Whether the registry's key is another than the one that was known; that one stays beside it, until the next takes
     * its place, for what was signed with it before.
     */
    boolean learn(String inventoryKey) throws IOException {
        Path file = publicKey(INVENTORY);
        List<String> known = Files.exists(file) ? Files.readAllLines(file) : List.of();
        if (!known.isEmpty() && known.getLast().equals(inventoryKey)) {
            return false;
        }
        Files.writeString(file, known.isEmpty() ? inventoryKey : known.getLast() + "\n" + inventoryKey);
        return true;
    }

    /** The controller's schedule for a site, signed anew at each start so that it never ends while one works with it. */
    Path schedule(String site, Instant now) throws IOException {
        Instant from = now.truncatedTo(ChronoUnit.SECONDS);
        Map<String, Object> statement = new HashMap<>();
        statement.put("type", SCHEDULE);
        statement.put("custodian", site);
        statement.put("newerGenerations", NEWER_GENERATIONS);
        statement.put("validFrom", from.toString());
        statement.put("validUntil", from.plus(LONGEST).toString());
        String text = CanonicalJson.text(statement);
        ObjectNode signed = JsonMapper.shared().createObjectNode();
        signed.put("statement", text);
        signed.put("signature", BASE64.encodeToString(sign((SCHEDULE + "\n" + text).getBytes(StandardCharsets.UTF_8))));
        Path file = directory.resolve("schedule-" + site + ".json");
        Files.writeString(file, signed.toString());
        return file;
    }

    /** What the registry is told, as environment variables. */
    Map<String, String> registry(List<CustodianSetup> sites, Instant now) throws IOException {
        List<String> schedules = new ArrayList<>();
        List<String> receiptKeys = new ArrayList<>();
        for (CustodianSetup site : sites) {
            String id = site.site().id();
            schedules.add(schedule(id, now).toString());
            receiptKeys.add(id + "=" + BASE64.encodeToString(site.receiptKey()));
        }
        return Map.of(
                "DIPLOMATICS_KEYS_DESTRUCTION_SCHEDULES", String.join(",", schedules),
                "DIPLOMATICS_BACKUP_INDEX", generations.toString(),
                "DIPLOMATICS_BACKUP_DRILLS",
                        generations.resolveSibling("drills.json").toString(),
                "DIPLOMATICS_BACKUP_RUNS", generations.resolveSibling("runs").toString(),
                "DIPLOMATICS_BACKUP_MANIFESTKEYS", String.join(",", manifestKeys()),
                "DIPLOMATICS_KEYS_DESTRUCTION_RECEIPTKEYS", String.join(",", receiptKeys));
    }

    private byte[] sign(byte[] message) throws IOException {
        String pem = Files.readString(privateKey(CONTROLLER));
        try {
            PrivateKey key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(
                            Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", ""))));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IOException("the controller's key cannot be used", e);
        }
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path privateKey(String name) {
        return directory.resolve(name + ".pem");
    }

    private Path publicKey(String name) {
        return directory.resolve(name + ".pub");
    }
}
