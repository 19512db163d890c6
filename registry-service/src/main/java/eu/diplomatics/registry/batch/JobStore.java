package eu.diplomatics.registry.batch;

import eu.diplomatics.qualification.Mode;
import eu.diplomatics.registry.problem.ProblemCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs, sealed chunks of rows and sealed chunks of results in the registry's own database. */
final class JobStore {
    private static final String COLUMNS = """
            id, supplier, body_tag, format, mode, dry_run, state, correlation, created_at, header,
            chunks, chunks_done, rows, accepted, duplicate, rejected, code""";
    private static final String INSERT = """
            INSERT INTO batch.job
                (id, supplier, idempotency_tag, tag_key, format, mode, dry_run, state, correlation, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'RECEIVING', ?, ?) ON CONFLICT (supplier, idempotency_tag) DO NOTHING""";
    private static final String ADD_CHUNK = """
            INSERT INTO batch.chunk (job, number, first_row, sealed) VALUES (?, ?, ?, ?)""";
    private static final String RECEIVED = """
            UPDATE batch.job SET state = 'RUNNING', body_tag = ?, header = ?, chunks = ?, rows = ?
            WHERE id = ? AND state = 'RECEIVING'""";
    private static final String PROGRESS = "UPDATE batch.job SET rows = ? WHERE id = ? AND state = 'RECEIVING'";
    private static final String ADD_RESULT = "INSERT INTO batch.result (job, number, sealed) VALUES (?, ?, ?)";
    private static final String CHUNK_DONE = """
            UPDATE batch.job SET chunks_done = chunks_done + 1, accepted = accepted + ?, duplicate = duplicate + ?,
                rejected = rejected + ?,
                state = CASE WHEN chunks_done + 1 = chunks THEN 'DONE' ELSE state END,
                finished_at = CASE WHEN chunks_done + 1 = chunks THEN ?::timestamptz END
            WHERE id = ? AND state = 'RUNNING' AND chunks_done = ?""";
    private static final String DONE = """
            UPDATE batch.job SET state = 'DONE', finished_at = ?
            WHERE id = ? AND state = 'RUNNING' AND chunks_done = chunks""";
    private static final String FAILED = """
            UPDATE batch.job SET state = 'FAILED', code = ?, finished_at = ? WHERE id = ? AND state = 'RUNNING'""";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    JobStore(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    }

    /** A sealed chunk of rows. */
    record Chunk(int number, long firstRow, byte[] sealed) {}

    /** What one chunk came to. */
    record Counts(int accepted, int duplicate, int rejected) {
        static Counts of(List<RowResult> answers) {
            int accepted = 0;
            int duplicate = 0;
            int rejected = 0;
            for (RowResult answer : answers) {
                switch (answer.status()) {
                    case ACCEPTED -> accepted++;
                    case DUPLICATE -> duplicate++;
                    case REJECTED -> rejected++;
                }
            }
            return new Counts(accepted, duplicate, rejected);
        }
    }

    /**
     * Makes the job, unless the supplier used the key before.
     *
     * @param tagKey name of the secret that its tags are made with
     */
    boolean create(Job job, byte[] idempotencyTag, String tagKey) {
        return jdbc.sql(INSERT)
                        .params(
                                job.id(),
                                job.supplier(),
                                idempotencyTag,
                                tagKey,
                                job.format().name(),
                                job.mode().name(),
                                job.dryRun(),
                                job.correlation(),
                                Timestamp.from(job.createdAt()))
                        .update()
                == 1;
    }

    Optional<Job> withKey(String supplier, byte[] idempotencyTag) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM batch.job WHERE supplier = ? AND idempotency_tag = ?")
                .params(supplier, idempotencyTag)
                .query(JobStore::job)
                .optional();
    }

    /** Names of the secrets that tags of jobs were made with. */
    Set<String> tagKeys() {
        return Set.copyOf(jdbc.sql("SELECT DISTINCT tag_key FROM batch.job")
                .query(String.class)
                .list());
    }

    /** The supplier's job; another supplier's is as unknown as one that never was. */
    Optional<Job> find(String supplier, UUID id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM batch.job WHERE supplier = ? AND id = ?")
                .params(supplier, id)
                .query(JobStore::job)
                .optional();
    }

    List<Job> in(Job.State state) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM batch.job WHERE state = ? ORDER BY created_at, id")
                .param(state.name())
                .query(JobStore::job)
                .list();
    }

    List<UUID> finishedBefore(Instant instant) {
        return jdbc.sql("SELECT id FROM batch.job WHERE finished_at < ? ORDER BY finished_at")
                .param(Timestamp.from(instant))
                .query((row, n) -> row.getObject(1, UUID.class))
                .list();
    }

    void addChunk(UUID job, Chunk chunk, long rows) {
        transaction.executeWithoutResult(status -> {
            jdbc.sql(ADD_CHUNK)
                    .params(job, chunk.number(), chunk.firstRow(), chunk.sealed())
                    .update();
            jdbc.sql(PROGRESS).params(rows, job).update();
        });
    }

    /** The body was received whole: work may begin. */
    void received(UUID job, byte[] bodyTag, byte @Nullable [] header, int chunks, long rows) {
        int updated = jdbc.sql(RECEIVED)
                .param(bodyTag)
                .param(header)
                .params(chunks, rows, job)
                .update();
        if (updated != 1) {
            throw new IllegalStateException("batch " + job + " is not being received any more");
        }
    }

    Optional<Chunk> chunk(UUID job, int number) {
        return jdbc.sql("SELECT number, first_row, sealed FROM batch.chunk WHERE job = ? AND number = ?")
                .params(job, number)
                .query((row, n) -> new Chunk(row.getInt(1), row.getLong(2), row.getBytes(3)))
                .optional();
    }

    Optional<byte[]> result(UUID job, int number) {
        return jdbc.sql("SELECT sealed FROM batch.result WHERE job = ? AND number = ?")
                .params(job, number)
                .query((row, n) -> row.getBytes(1))
                .optional();
    }

    /**
     * Result, counters and mark become durable together: a chunk counts once, however often it was tried. With its last
     * chunk the job is done.
     */
    void chunkDone(UUID job, int number, byte[] sealedResult, Counts counts, Instant at) {
        transaction.executeWithoutResult(status -> {
            int updated = jdbc.sql(CHUNK_DONE)
                    .params(counts.accepted(), counts.duplicate(), counts.rejected(), Timestamp.from(at), job, number)
                    .update();
            if (updated != 1) {
                throw new IllegalStateException("chunk " + number + " of batch " + job + " is not the next one");
            }
            jdbc.sql(ADD_RESULT).params(job, number, sealedResult).update();
        });
    }

    /** Where all chunks are and the job is not. */
    void done(UUID job, Instant at) {
        jdbc.sql(DONE).params(Timestamp.from(at), job).update();
    }

    void failed(UUID job, ProblemCode code, Instant at) {
        jdbc.sql(FAILED).params(code.name(), Timestamp.from(at), job).update();
    }

    /** Removes job, rows and results. */
    void remove(UUID job) {
        jdbc.sql("DELETE FROM batch.job WHERE id = ?").param(job).update();
    }

    private static Job job(ResultSet row, int number) throws SQLException {
        return new Job(
                row.getObject("id", UUID.class),
                row.getString("supplier"),
                row.getBytes("body_tag"),
                Job.Format.valueOf(row.getString("format")),
                Mode.valueOf(row.getString("mode")),
                row.getBoolean("dry_run"),
                Job.State.valueOf(row.getString("state")),
                row.getString("correlation"),
                row.getTimestamp("created_at").toInstant(),
                row.getBytes("header"),
                row.getInt("chunks"),
                row.getInt("chunks_done"),
                row.getLong("rows"),
                row.getLong("accepted"),
                row.getLong("duplicate"),
                row.getLong("rejected"),
                row.getString("code"));
    }
}
