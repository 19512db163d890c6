package eu.diplomatics.backup.export;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.backup.export.ExportSource.Place;
import eu.diplomatics.backup.portable.ExportOrder;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the access log what an export discloses, a row for each person: durable before anything about them leaves.
 * Rows are those of the query-service, so that a citizen and the controller see them where they see all others.
 */
final class Disclosures {
    private static final int BATCH = 1_000;
    private static final String INSERT = """
            INSERT INTO accesslog.entry (id, subject, sealed, seal_key)
            SELECT * FROM unnest(?::uuid[], ?::bytea[], ?::bytea[], ?::smallint[])
            """;

    private final DataSource log;
    private final AccessSeal seal;
    private final ExportOrder order;
    private final UUID run;

    /** @param log logs in as {@code al_exporter} */
    Disclosures(DataSource log, AccessSeal seal, ExportOrder order, UUID run) {
        this.log = log;
        this.seal = seal;
        this.order = order;
        this.run = run;
    }

    /**
     * Returns when all rows are durable.
     *
     * @throws PortableException otherwise: then nothing of this may leave
     */
    void write(Map<UUID, List<Place>> disclosed) throws PortableException {
        List<UUID> holders = List.copyOf(disclosed.keySet());
        try (Connection connection = log.getConnection()) {
            for (int from = 0; from < holders.size(); from += BATCH) {
                write(connection, disclosed, holders.subList(from, Math.min(holders.size(), from + BATCH)));
            }
        } catch (SQLException e) {
            throw new PortableException(
                    Code.ACCESS_LOG_DOWN, "the access log takes no rows (SQLSTATE " + e.getSQLState() + ")", e);
        }
    }

    private void write(Connection connection, Map<UUID, List<Place>> disclosed, List<UUID> holders)
            throws SQLException, PortableException {
        Map<UUID, byte[]> subjects = seal.subjectOf(holders);
        List<Access> accesses = new ArrayList<>(holders.size());
        for (UUID holder : holders) {
            accesses.add(access(subjects.get(holder), disclosed.getOrDefault(holder, List.of())));
        }
        AccessSeal.Sealed sealed = seal.seal(accesses);
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid", accesses.stream().map(Access::id).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bytea", accesses.stream().map(Access::subject).toArray(byte[][]::new)));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bytea",
                            accesses.stream()
                                    .map(access -> sealed.details().get(access.id()))
                                    .toArray(byte[][]::new)));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "int2", accesses.stream().map(any -> sealed.key()).toArray()));
            if (statement.executeUpdate() != accesses.size()) {
                throw new PortableException(Code.ACCESS_LOG_DOWN, "the access log took fewer rows than it was given");
            }
        }
    }

    private Access access(byte @Nullable [] subject, List<Place> places) {
        return new Access(
                UUID.randomUUID(),
                subject,
                ExportOrder.CLIENT,
                order.purpose(),
                order.id(),
                order.recipient(),
                null,
                "EXPORT",
                null,
                "FOUND",
                null,
                places.stream()
                        .map(place -> new Access.Disclosed(place.stream(), place.version()))
                        .toList(),
                run.toString());
    }
}
