package eu.diplomatics.eventstore;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The part of a select that finds events by criteria, and its parameters; no value ever stands in the text. */
final class CriteriaQuery {
    private final List<String> parts = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();
    private final int limit;

    CriteriaQuery(Collection<Condition> criteria, int limit) {
        this.limit = limit;
        for (Condition criterion : criteria) {
            parts.add(part(criterion));
        }
    }

    private String part(Condition criterion) {
        StringBuilder where = new StringBuilder("h.position > ?");
        parameters.add(criterion.after());
        for (Tag tag : criterion.tags()) {
            if (tag.isStream()) {
                where.append(" AND h.stream = ?");
                parameters.add(tag.asStream());
            } else {
                where.append(" AND EXISTS (SELECT FROM eventstore.event_tag t"
                        + " WHERE t.tag = ? AND t.position = h.position)");
                parameters.add(tag.value());
            }
        }
        if (!criterion.types().isEmpty()) {
            where.append(" AND h.type = ANY (?)");
            parameters.add(criterion.types().toArray(String[]::new));
        }
        parameters.add(limit);
        return "(SELECT h.position FROM eventstore.event h WHERE " + where + " ORDER BY h.position LIMIT ?)";
    }

    String from() {
        return "FROM (" + String.join(" UNION ", parts) + ") AS m"
                + " JOIN eventstore.event e ON e.position = m.position"
                + " LEFT JOIN eventstore.%s c ON c.position = e.position ORDER BY e.position LIMIT ?";
    }

    void bind(PreparedStatement statement) throws SQLException {
        int index = 1;
        for (Object parameter : parameters) {
            switch (parameter) {
                case byte[] bytes -> statement.setBytes(index, bytes);
                case UUID id -> statement.setObject(index, id);
                case String[] texts ->
                    statement.setArray(index, statement.getConnection().createArrayOf("text", texts));
                case Long number -> statement.setLong(index, number);
                case Integer number -> statement.setInt(index, number);
                default -> throw new IllegalStateException("no such kind of parameter");
            }
            index++;
        }
        statement.setInt(index, limit);
    }
}
