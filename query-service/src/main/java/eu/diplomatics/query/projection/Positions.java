package eu.diplomatics.query.projection;

import eu.diplomatics.query.freshness.FreshAsOf;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** How far store and partitions were read; written in the transaction of the rows themselves. */
final class Positions {
    private static final String UPSERT = """
            INSERT INTO projection.partition_seen AS seen (topic, partition, topic_id, next_offset, position)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (topic, partition) DO UPDATE
               SET topic_id = excluded.topic_id, next_offset = excluded.next_offset,
                   position = greatest(seen.position, excluded.position)
            """;
    private static final String STORE = """
            INSERT INTO projection.store_seen AS seen (position) VALUES (?)
            ON CONFLICT (one) DO UPDATE SET position = greatest(seen.position, excluded.position)
            """;
    private static final String PROJECTED = """
            SELECT greatest((SELECT position FROM projection.store_seen),
                            (SELECT min(position) FROM projection.partition_seen), 0)
            """;
    private static final String RECORDED_AT = """
            SELECT recorded_at FROM projection.event WHERE position <= ? ORDER BY position DESC LIMIT 1
            """;

    private Positions() {}

    static void saw(JdbcTemplate jdbc, List<PartitionSeen> partitions) {
        jdbc.batchUpdate(UPSERT, partitions, partitions.size(), (statement, seen) -> {
            statement.setString(1, seen.topic());
            statement.setInt(2, seen.partition());
            statement.setString(3, seen.topicId());
            statement.setLong(4, seen.nextOffset());
            statement.setLong(5, seen.position());
        });
    }

    static void readStoreTo(JdbcTemplate jdbc, long position) {
        jdbc.update(STORE, position);
    }

    /** Offsets say nothing any more; what was seen stays seen. */
    static void forgetPartitions(JdbcTemplate jdbc) {
        readStoreTo(jdbc, projected(jdbc));
        jdbc.update("DELETE FROM projection.partition_seen");
    }

    static List<PartitionSeen> partitions(JdbcTemplate jdbc) {
        return jdbc.query(
                "SELECT topic, partition, topic_id, next_offset, position FROM projection.partition_seen"
                        + " ORDER BY topic, partition",
                (row, number) -> new PartitionSeen(
                        row.getString(1), row.getInt(2), row.getString(3), row.getLong(4), row.getLong(5)));
    }

    /** Everything at or below is in the projection, or its stream is parked. */
    static long projected(JdbcTemplate jdbc) {
        Long position = jdbc.queryForObject(PROJECTED, Long.class);
        return position == null ? 0 : position;
    }

    static FreshAsOf freshAsOf(JdbcTemplate jdbc) {
        long position = projected(jdbc);
        return jdbc.query(
                RECORDED_AT,
                row -> {
                    if (!row.next()) {
                        return new FreshAsOf(position, FreshAsOf.NOTHING.recordedAt());
                    }
                    return new FreshAsOf(
                            position, row.getObject(1, OffsetDateTime.class).toInstant());
                },
                position);
    }
}
