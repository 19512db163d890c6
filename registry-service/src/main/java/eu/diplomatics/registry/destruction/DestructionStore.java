package eu.diplomatics.registry.destruction;

import eu.diplomatics.inventory.KeyringArtefacts.EpochKey;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.keyring.DestructionReceipt;
import eu.diplomatics.keyring.DestructionReceipt.Said;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is known of the end of epoch keys, in the registry's own database. */
final class DestructionStore {
    private static final String SEEN = """
            INSERT INTO keys.epoch_key (custodian, label, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING""";
    private static final String ASKED =
            "UPDATE keys.epoch_key SET asked_at = ?, answer = ? WHERE custodian = ? AND label = ?";
    private static final String KEYS = """
            SELECT k.custodian, k.label, k.asked_at, k.answer, d.hash, d.inventory_hash, d.rule, d.destroyed_at,
                   d.statement, d.signature, s.statement AS named, s.signature AS named_signature, r.event
            FROM keys.epoch_key k
            LEFT JOIN keys.destruction d ON d.custodian = k.custodian AND d.label = k.label
            LEFT JOIN keys.statement s ON s.hash = d.inventory_hash
            LEFT JOIN keys.retirement r ON r.label = k.label""";
    private static final String ORDER = " ORDER BY k.label DESC, k.custodian";
    /** Of a label that is retired, too, where a site had its key only later. */
    private static final String OPEN = KEYS + " WHERE r.label IS NULL OR d.hash IS NULL" + ORDER;

    private static final String NEWEST = KEYS + " WHERE d.hash IS NULL OR (k.custodian, k.label) IN ("
            + "SELECT custodian, label FROM keys.destruction ORDER BY label DESC, custodian LIMIT ?)" + ORDER;
    private static final String SIGNED = """
            INSERT INTO keys.statement (hash, kind, custodian, label, statement, signature, signed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""";
    private static final String STATEMENT =
            "SELECT kind, custodian, label, signed_at FROM keys.statement WHERE hash = ?";
    private static final String KEEP = """
            INSERT INTO keys.destruction
                (custodian, label, statement, signature, hash, inventory_hash, rule, destroyed_at, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""";
    private static final String RETIRED = """
            INSERT INTO keys.retirement (label, event, appended_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING""";

    private final JdbcClient jdbc;

    DestructionStore(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
    }

    /** What is known of a key at one site. */
    record Known(
            EpochKey key,
            @Nullable Instant askedAt,
            @Nullable String answer,
            @Nullable Receipt receipt,
            @Nullable UUID event) {}

    /**
     * A receipt that was verified.
     *
     * @param inventory what this registry had signed, whose hash the receipt names
     */
    record Receipt(
            DestructionReceipt signed,
            String hash,
            String inventoryHash,
            SignedStatement inventory,
            String rule,
            Instant destroyedAt) {}

    /** Something this registry signed. */
    record Signed(Kind kind, String custodian, @Nullable String label, Instant signedAt) {}

    enum Kind {
        KEYRING,
        INVENTORY
    }

    void see(Collection<EpochKey> keys, Instant now) {
        for (EpochKey key : keys) {
            jdbc.sql(SEEN)
                    .params(key.custodian(), key.label(), Timestamp.from(now))
                    .update();
        }
    }

    /** The newest first. */
    List<Known> keys() {
        return jdbc.sql(KEYS + ORDER).query(DestructionStore::known).list();
    }

    /** Those of which not all is done and said, the newest first. */
    List<Known> open() {
        return jdbc.sql(OPEN).query(DestructionStore::known).list();
    }

    /** Those that are not destroyed, and of the others the newest. */
    List<Known> newest(int destroyed) {
        return jdbc.sql(NEWEST).param(destroyed).query(DestructionStore::known).list();
    }

    private static Known known(ResultSet row, int number) throws SQLException {
        String hash = row.getString("hash");
        return new Known(
                new EpochKey(row.getString("label"), row.getString("custodian")),
                time(row, "asked_at"),
                row.getString("answer"),
                hash == null
                        ? null
                        : new Receipt(
                                new DestructionReceipt(row.getString("statement"), row.getBytes("signature")),
                                hash,
                                row.getString("inventory_hash"),
                                new SignedStatement(row.getString("named"), row.getBytes("named_signature")),
                                row.getString("rule"),
                                row.getTimestamp("destroyed_at").toInstant()),
                row.getObject("event", UUID.class));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    void answered(EpochKey key, String answer, Instant now) {
        jdbc.sql(ASKED)
                .params(Timestamp.from(now), answer, key.custodian(), key.label())
                .update();
    }

    /** Before it goes to anybody: a receipt names what it was given for. */
    void signed(Kind kind, String custodian, @Nullable String label, SignedStatement statement, Instant now) {
        jdbc.sql(SIGNED)
                .param(hash(statement.statement()))
                .param(kind.name())
                .param(custodian)
                .param(label)
                .param(statement.statement())
                .param(statement.signature())
                .param(Timestamp.from(now))
                .update();
    }

    Optional<Signed> statement(String hash) {
        return jdbc.sql(STATEMENT)
                .param(hash)
                .query((row, number) -> new Signed(
                        Kind.valueOf(row.getString(1)),
                        row.getString(2),
                        row.getString(3),
                        row.getTimestamp(4).toInstant()))
                .optional();
    }

    void keep(EpochKey key, DestructionReceipt receipt, Said said, Instant now) {
        jdbc.sql(KEEP)
                .params(
                        key.custodian(),
                        key.label(),
                        receipt.statement(),
                        receipt.signature(),
                        receipt.hash(),
                        said.inventoryHash(),
                        said.rule(),
                        Timestamp.from(said.destroyedAt()),
                        Timestamp.from(now))
                .update();
    }

    void retired(String label, UUID event, Instant now) {
        jdbc.sql(RETIRED).params(label, event, Timestamp.from(now)).update();
    }

    private static String hash(String statement) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(statement.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
