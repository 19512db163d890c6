package eu.diplomatics.sealing;

import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * What was signed of a log, remembered with the keys and not with the log: a head is signed only when it stands here, so
 * whatever happens to the log's own database, two views of it are never signed.
 */
public class SealMemory {
    private static final String LAST = """
            SELECT size, root FROM keyring.sealed_head WHERE log = ? ORDER BY size DESC LIMIT 1""";
    private static final String AFTER = """
            SELECT size, root, remembered_at FROM keyring.sealed_head WHERE log = ? AND size > ? ORDER BY size LIMIT ?""";
    private static final String REMEMBER = "SELECT keyring.remember_head(?, ?, ?, ?)";

    private static final String DECLARED = """
            SELECT incarnation, statement FROM keyring.log_resumption
            WHERE log = ? AND confirmed_at IS NOT NULL ORDER BY incarnation DESC LIMIT 1""";

    private final DataSource keyring;

    /** @param keyring the keyring's database */
    public SealMemory(DataSource keyring) {
        this.keyring = keyring;
    }

    /**
     * A head that was about to be signed.
     *
     * @param at by the clock of the keyring's database
     */
    public record Remembered(TreeHead head, Instant at) {}

    /**
     * An incarnation as it was declared.
     *
     * @param kept with what it begins
     */
    record Declared(int incarnation, TreeHead kept) {
        static final Declared FIRST = new Declared(1, TreeHead.EMPTY);
    }

    /**
     * The incarnation that was declared last.
     *
     * @param first origin of the log's first incarnation
     */
    Declared declared(String first) throws SQLException {
        try (Connection connection = keyring.getConnection();
                PreparedStatement statement = connection.prepareStatement(DECLARED)) {
            statement.setString(1, first);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Declared.FIRST;
                }
                SignedNote note = SignedNote.parse(row.getString(2).getBytes(StandardCharsets.UTF_8));
                return new Declared(row.getInt(1), Resumption.parse(note.text()).kept());
            }
        }
    }

    /** The largest head of a log; {@link TreeHead#EMPTY} when nothing was signed yet. */
    public TreeHead last(String log) throws SQLException {
        try (Connection connection = keyring.getConnection();
                PreparedStatement statement = connection.prepareStatement(LAST)) {
            statement.setString(1, log);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? head(row) : TreeHead.EMPTY;
            }
        }
    }

    /** The heads of a log after a size, smallest first. */
    public List<Remembered> after(String log, long size, int limit) throws SQLException {
        try (Connection connection = keyring.getConnection();
                PreparedStatement statement = connection.prepareStatement(AFTER)) {
            statement.setString(1, log);
            statement.setLong(2, size);
            statement.setInt(3, limit);
            List<Remembered> heads = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    heads.add(new Remembered(
                            head(rows), rows.getObject(3, OffsetDateTime.class).toInstant()));
                }
            }
            return heads;
        }
    }

    /**
     * Remembers a head for good.
     *
     * @return false when the last one is not {@code before}: somebody else was faster, and this head is not to be signed
     */
    boolean remember(String log, TreeHead before, TreeHead head) throws SQLException {
        try (Connection connection = keyring.getConnection();
                PreparedStatement statement = connection.prepareStatement(REMEMBER)) {
            statement.setString(1, log);
            statement.setLong(2, before.size());
            statement.setLong(3, head.size());
            statement.setBytes(4, head.root().bytes());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static TreeHead head(ResultSet row) throws SQLException {
        return new TreeHead(row.getLong(1), TreeHash.of(row.getBytes(2)));
    }
}
