package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.OpenedGeneration;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/**
 * How far the restore of a database is, in the database itself: what is loaded and the note of it are one transaction. A
 * row stays for good: of which generation this database came.
 */
final class RestoreLedger {
    private static final List<String> BEGIN = List.of("CREATE SCHEMA restore", """
            CREATE TABLE restore.generation (
                id       text        PRIMARY KEY,
                manifest text        NOT NULL,
                state    text        NOT NULL CHECK (state IN ('BEGUN', 'READY', 'LOADED', 'CHECKED', 'DONE')),
                begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                done_at  timestamptz
            )
            """, """
            CREATE TABLE restore.segment (
                source   text    NOT NULL,
                ordinal  integer NOT NULL,
                rows     bigint  NOT NULL,
                left_out bigint  NOT NULL,
                PRIMARY KEY (source, ordinal)
            )
            """, """
            CREATE TABLE restore.index (
                n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                definition text   NOT NULL
            )
            """);

    private final TargetDatabase target;

    RestoreLedger(TargetDatabase target) {
        this.target = target;
    }

    /** How far it is; the order tells what comes after what. */
    enum State {
        /** Nothing but the ledger is there. */
        BEGUN,
        /** Tables are there, empty. */
        READY,
        /** Every segment is loaded, and every index made. */
        LOADED,
        /** What is there is what the manifest says. */
        CHECKED,
        DONE
    }

    /**
     * Looks whether a restore of this generation may begin here, or goes on; changes nothing.
     *
     * @throws RestoreException when something else is in the database, or the restore of another generation
     */
    void require(OpenedGeneration generation) throws SQLException, RestoreException {
        if (!isThere()) {
            List<String> strangers = target.strangers();
            if (!strangers.isEmpty()) {
                throw new RestoreException(
                        RestoreException.Code.NOT_EMPTY,
                        "the database for " + target.database().databaseName() + " is not empty: it has "
                                + strangers.getFirst());
            }
        } else if (states(generation).isEmpty()) {
            throw new RestoreException(
                    RestoreException.Code.OTHER_GENERATION,
                    "in the database for " + target.database().databaseName() + " the restore of generation "
                            + target.figure("SELECT id FROM restore.generation LIMIT 1") + " was begun");
        }
    }

    private boolean isThere() throws SQLException {
        return "t".equals(target.figure("SELECT to_regclass('restore.generation') IS NOT NULL"));
    }

    private List<String> states(OpenedGeneration generation) throws SQLException {
        return target.strings(
                "SELECT state FROM restore.generation WHERE id = ? AND manifest = ?",
                generation.id().toString(),
                generation.manifestHash());
    }

    /** How far it is; begins where nothing was. */
    State begin(OpenedGeneration generation) throws SQLException, IOException {
        if (!isThere()) {
            target.durably(() -> {
                for (String statement : BEGIN) {
                    target.execute(statement);
                }
                target.execute(
                        "INSERT INTO restore.generation (id, manifest, state) VALUES (?, ?, 'BEGUN')",
                        generation.id().toString(),
                        generation.manifestHash());
            });
        }
        return State.valueOf(states(generation).getFirst());
    }

    /** In the transaction of the caller. */
    void note(State state) throws SQLException {
        target.execute("UPDATE restore.generation SET state = ?", state.name());
    }

    /** In the transaction of the caller: nothing but the row that says whence it came is left. */
    void end() throws SQLException {
        target.execute("DROP TABLE restore.segment, restore.index");
        target.execute("UPDATE restore.generation SET state = 'DONE', done_at = clock_timestamp()");
    }

    boolean has(String source, int ordinal) throws SQLException {
        return !target.strings("SELECT 1 FROM restore.segment WHERE source = ? AND ordinal = ?", source, ordinal)
                .isEmpty();
    }

    /** In the transaction that loaded it. */
    void note(String source, int ordinal, long rows, long leftOut) throws SQLException {
        target.execute("INSERT INTO restore.segment VALUES (?, ?, ?, ?)", source, ordinal, rows, leftOut);
    }

    /** How many rows were put into the table. */
    long rows(String source) throws SQLException {
        return Long.parseLong(target.figure(
                "SELECT coalesce(sum(rows - left_out), 0) FROM restore.segment WHERE source = ?", source));
    }
}
