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

    /**
     * Driven by the first tag or by the stream. Neither the order by position nor the bound on it may tempt the planner
     * to walk the log: without fresh statistics it did.
     */
    private String part(Condition criterion) {
        List<Tag> tags =
                criterion.tags().stream().filter(tag -> !tag.isStream()).toList();
        List<Tag> streams = criterion.tags().stream().filter(Tag::isStream).toList();
        StringBuilder sql = new StringBuilder("(SELECT p.position FROM (SELECT h.position FROM ");
        boolean walksTheLog = tags.isEmpty() && streams.isEmpty();
        if (walksTheLog) {
            sql.append("eventstore.event h WHERE h.position > ?");
        } else if (tags.isEmpty()) {
            sql.append("eventstore.event h WHERE h.position + 0 > ?");
        } else {
            sql.append("eventstore.event_tag d JOIN eventstore.event h ON h.position = d.position"
                    + " WHERE d.position > ? AND d.tag = ?");
        }
        parameters.add(criterion.after());
        tags.stream().limit(1).map(Tag::value).forEach(parameters::add);
        for (Tag tag : tags.stream().skip(1).toList()) {
            sql.append(" AND EXISTS (SELECT FROM eventstore.event_tag t WHERE t.tag = ? AND t.position = h.position)");
            parameters.add(tag.value());
        }
        for (Tag stream : streams) {
            sql.append(" AND h.stream = ?");
            parameters.add(stream.asStream());
        }
        if (!criterion.types().isEmpty()) {
            sql.append(" AND h.type = ANY (?)");
            parameters.add(criterion.types().toArray(String[]::new));
        }
        parameters.add(limit);
        return sql.append(walksTheLog ? "" : " OFFSET 0")
                .append(") AS p ORDER BY p.position LIMIT ?)")
                .toString();
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
