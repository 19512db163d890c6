package eu.diplomatics.inventory;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.receipt.CanonicalJson;
import eu.diplomatics.receipt.Ed25519;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs for the custodian what stands under epoch keys, with a key of the keyring; formats in docs/key-custodian.md. What
 * is signed was counted here and just now, never given by somebody.
 */
public final class InventorySigner {
    /** The name of its seed in the keyring; of several versions the newest signs, and the custodian has to know that one. */
    public static final String KEY = "inventory-key";

    private static final String KEYRING_STATEMENT = "diplomatics keyring statement v1";
    private static final String INVENTORY = "diplomatics key inventory v1";

    private final Keyring keyring;

    public InventorySigner(Keyring keyring) {
        this.keyring = keyring;
    }

    /** An inventory that cannot be signed: something is left under the key. */
    public static final class StillNeededException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StillNeededException(String where, long rows) {
            super(where + ": " + rows + " rows");
        }
    }

    /** An inventory that cannot be signed: a part was not counted. */
    public static final class NotCountedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotCountedException(Finding finding) {
            super(finding.where() + ": " + finding.detail());
        }
    }

    /** By which the custodian knows these signatures: X.509 form, for {@code authorities.inventory}. */
    public byte[] publicKey() {
        try (SecretBytes seed = seed()) {
            return Ed25519.encoded(Ed25519.publicKeyOf(seed));
        }
    }

    private SecretBytes seed() {
        keyring.secret(KEY).close(); // makes the first one
        return keyring.secret(keyring.secretVersions(KEY).getLast().name());
    }

    /** That the keyring stands under these epoch keys of the custodian, and no other. */
    public SignedStatement keyring(String custodian, Collection<String> labels, Instant now) {
        return sign(
                KEYRING_STATEMENT, Map.of("custodian", custodian, "labels", List.copyOf(new TreeSet<>(labels))), now);
    }

    /**
     * That nothing at all is left under an epoch key.
     *
     * @param holdings all there are, of an inventory taken just now
     * @param findings of the same inventory
     * @throws StillNeededException when something is
     * @throws NotCountedException when that is not known
     */
    public SignedStatement inventory(
            String label, String custodian, List<Holding> holdings, List<Finding> findings, Instant now) {
        findings.stream().filter(Finding::isUncounted).findFirst().ifPresent(finding -> {
            throw new NotCountedException(finding);
        });
        List<Map<String, Object>> artefacts = new ArrayList<>();
        under(label + "@" + custodian, holdings).forEach((name, rows) -> {
            if (rows != 0) {
                throw new StillNeededException(name, rows);
            }
            artefacts.add(Map.of("name", name, "rows", 0));
        });
        return sign(INVENTORY, Map.of("custodian", custodian, "label", label, "artefacts", artefacts), now);
    }

    /**
     * How many rows of each artefact an epoch key can lead to. Below the KEKs it is not told apart which of them protects
     * a row: where one of them stands under the key, all are counted.
     */
    public static Map<String, Long> under(String epochKey, List<Holding> holdings) {
        Set<String> keks = new TreeSet<>();
        for (Holding holding : holdings) {
            if (holding.key().equals(Holding.EPOCH_KEY) && holding.version().equals(epochKey)) {
                keks.add("" + holding.part());
            }
        }
        Map<String, Long> rows = new TreeMap<>();
        for (Holding holding : holdings) {
            boolean under = switch (holding.key()) {
                case Holding.EPOCH_KEY -> holding.version().equals(epochKey);
                case Holding.KEK -> keks.contains(holding.version());
                default -> !keks.isEmpty();
            };
            rows.merge(holding.store() + "." + holding.artefact(), under ? holding.rows() : 0, Long::sum);
        }
        return rows;
    }

    /**
     * What a statement of ours says.
     *
     * @param label of an inventory; null where it is about the keyring
     */
    public record Said(String custodian, @Nullable String label, Instant issuedAt) {}

    /** What it says, if one of our keys signed it, of whatever version. */
    public Optional<Said> said(SignedStatement given) {
        try {
            JsonNode json = JsonMapper.shared().readTree(given.statement());
            String type = json.path("type").asString("");
            boolean ours = (type.equals(KEYRING_STATEMENT) || type.equals(INVENTORY))
                    && keyring.secretVersions(KEY).stream().anyMatch(version -> isSigned(version.name(), type, given));
            return ours
                    ? Optional.of(new Said(
                            json.path("custodian").asString(),
                            type.equals(INVENTORY) ? json.path("label").asString() : null,
                            Instant.parse(json.path("issuedAt").asString())))
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private boolean isSigned(String version, String type, SignedStatement given) {
        try (SecretBytes seed = keyring.secret(version)) {
            return Ed25519.verify(
                    Ed25519.publicKeyOf(seed),
                    (type + "\n" + given.statement()).getBytes(StandardCharsets.UTF_8),
                    given.signature());
        }
    }

    private SignedStatement sign(String type, Map<String, Object> members, Instant now) {
        Map<String, Object> statement = new HashMap<>(members);
        statement.put("type", type);
        statement.put("issuedAt", now.truncatedTo(ChronoUnit.SECONDS).toString());
        String text = CanonicalJson.text(statement);
        try (SecretBytes seed = seed()) {
            return new SignedStatement(text, Ed25519.sign(seed, (type + "\n" + text).getBytes(StandardCharsets.UTF_8)));
        }
    }
}
