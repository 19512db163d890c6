package eu.diplomatics.keyring;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * UUIDs as a parameter in PostgreSQL's binary format. What the driver makes of them is text, which both sides take apart
 * again byte by byte.
 */
final class UuidArray {
    private static final int HEADER_BYTES = 5 * Integer.BYTES;
    private static final int UUID_BYTES = 2 * Long.BYTES;

    private UuidArray() {}

    static Array of(Connection connection, Collection<UUID> ids) throws SQLException {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + ids.size() * (Integer.BYTES + UUID_BYTES));
        // dimensions, whether one is null, the type, how many, where they begin
        buffer.putInt(1).putInt(0).putInt(Oid.UUID).putInt(ids.size()).putInt(1);
        for (UUID id : ids) {
            buffer.putInt(UUID_BYTES).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        }
        return new PgArray(connection.unwrap(BaseConnection.class), Oid.UUID_ARRAY, buffer.array());
    }
}
