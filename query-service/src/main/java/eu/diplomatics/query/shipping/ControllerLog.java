package eu.diplomatics.query.shipping;

import eu.diplomatics.query.shipping.Parcel.Cosigned;
import eu.diplomatics.query.shipping.Parcel.Held;
import eu.diplomatics.query.shipping.Parcel.Row;
import eu.diplomatics.query.shipping.Parcel.Signed;
import eu.diplomatics.query.shipping.ShippingException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The controller's database, as its role {@code cl_shipper} sees it: one function, which takes and says what is there. */
final class ControllerLog {
    private static final String TAKE = """
            SELECT o_position, o_checkpoint, o_cosigned FROM shipped.take(?, ?::uuid[], ?::timestamptz[], ?::bytea[], ?::bytea[],
                ?::smallint[], ?::bytea[], ?::bigint[], ?::bytea[], ?::bytea[], ?::bigint[], ?::text[], ?::text[])
            """;
    /** Another row or tree is there; the same row is there at another position. */
    private static final Set<String> CONTRADICTIONS = Set.of("DC002", "23505");

    private final DataSource shipper;

    ControllerLog(DataSource shipper) {
        this.shipper = shipper;
    }

    /**
     * Returns when what was sent is durable there, or was before.
     *
     * @throws ShippingException {@code CONTRADICTED}: the controller has something else there
     * @throws SQLException when it did not take it, or nobody knows whether it did: ask what it has and go on from there
     */
    Held take(Parcel parcel) throws SQLException {
        try (Connection connection = shipper.getConnection();
                PreparedStatement statement = connection.prepareStatement(TAKE)) {
            Arrays arrays = new Arrays(connection, statement);
            statement.setLong(1, parcel.after());
            List<Row> rows = parcel.rows();
            arrays.set(2, "uuid", rows, Row::entry);
            arrays.set(3, "text", rows, row -> row.at().toString());
            arrays.setBytes(4, rows, Row::leaf);
            arrays.setBytes(5, rows, Row::subject);
            arrays.set(6, "int2", rows, Row::sealKey);
            arrays.setBytes(7, rows, Row::sealed);
            List<Signed> checkpoints = parcel.checkpoints();
            arrays.set(8, "int8", checkpoints, Signed::size);
            arrays.setBytes(9, checkpoints, Signed::note);
            arrays.setBytes(10, checkpoints, Signed::frontier);
            List<Cosigned> cosignatures = parcel.cosignatures();
            arrays.set(11, "int8", cosignatures, Cosigned::size);
            arrays.set(12, "text", cosignatures, Cosigned::witness);
            arrays.set(13, "text", cosignatures, Cosigned::line);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Held(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        } catch (SQLException e) {
            if (CONTRADICTIONS.contains(String.valueOf(e.getSQLState()))) {
                throw new ShippingException(
                        Reason.CONTRADICTED,
                        "behind position " + parcel.after() + " the controller has something else");
            }
            throw e;
        }
    }

    /** What an array says of an element. */
    @FunctionalInterface
    private interface Value<T, V> {
        @Nullable
        V of(T element);
    }

    private record Arrays(Connection connection, PreparedStatement statement) {
        <T> void set(int parameter, String type, List<T> elements, Value<T, Object> value) throws SQLException {
            @Nullable Object[] values = new @Nullable Object[elements.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = value.of(elements.get(i));
            }
            statement.setArray(parameter, connection.createArrayOf(type, values));
        }

        <T> void setBytes(int parameter, List<T> elements, Value<T, byte[]> value) throws SQLException {
            byte[] @Nullable [] values = new byte[elements.size()] @Nullable [];
            for (int i = 0; i < values.length; i++) {
                values[i] = value.of(elements.get(i));
            }
            statement.setArray(parameter, connection.createArrayOf("bytea", values));
        }
    }
}
