package eu.diplomatics.backup.export;

import eu.diplomatics.receipt.Times;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was signed about the log: its checkpoints, each with what witnesses and time stamping authorities said of it. */
final class LogFacts {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int FETCH = 1_000;
    private static final String CHECKPOINTS = """
            SELECT c.size, c.root, c.note, c.sealed_at, t.token,
                ARRAY(SELECT s.line FROM eventstore.cosignature s WHERE s.size = c.size ORDER BY s.witness)
            FROM eventstore.checkpoint c LEFT JOIN eventstore.time_stamp t ON t.size = c.size
            WHERE c.size > ? AND c.size <= ? ORDER BY c.size
            """;

    private LogFacts() {}

    /** A line each, {@code {size, root, note, sealedAt, cosignatures, timeStamp?}}. */
    static void checkpoints(DataSource store, long since, long until, OutputStream out)
            throws SQLException, IOException {
        try (Connection connection = store.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(CHECKPOINTS)) {
                statement.setFetchSize(FETCH);
                statement.setLong(1, since);
                statement.setLong(2, until);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        out.write(line(rows).getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }

    private static String line(ResultSet row) throws SQLException {
        ObjectNode json = JSON.createObjectNode();
        json.put("size", row.getLong(1));
        json.put("root", HexFormat.of().formatHex(row.getBytes(2)));
        json.put("note", new String(row.getBytes(3), StandardCharsets.UTF_8));
        json.put("sealedAt", Times.format(row.getTimestamp(4).toInstant()));
        ArrayNode cosignatures = json.putArray("cosignatures");
        Array lines = row.getArray(6);
        for (String line : (String[]) lines.getArray()) {
            cosignatures.add(line);
        }
        byte @Nullable [] token = row.getBytes(5);
        if (token != null) {
            json.put("timeStamp", Base64.getEncoder().encodeToString(token));
        }
        return json + "\n";
    }
}
