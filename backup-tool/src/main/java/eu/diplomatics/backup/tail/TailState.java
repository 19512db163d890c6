package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.source.SourceMarks;
import eu.diplomatics.backup.source.SourceTable;
import eu.diplomatics.backup.tail.TailStore.SignedTail;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is there already: a generation and its tails, as far as the next tail has to know. */
record TailState(
        GenerationId id,
        int number,
        String hash,
        TailManifest.Log log,
        Map<String, Map<String, String>> migrations,
        Map<String, SourceMarks> marks,
        Map<String, Held> tables) {

    /** Of a table, as {@link TailManifest.Table} has it. */
    record Held(int heldBy, String digest, long next) {}

    private static final Held NOTHING = new Held(0, "", 1);

    static TailState of(GenerationId id, Manifest generation, String hash, Optional<SignedTail> newest)
            throws BackupException {
        Map<String, Map<String, String>> migrations = new HashMap<>();
        Map<String, SourceMarks> marks = new HashMap<>();
        Map<String, Held> tables = new HashMap<>();
        for (Manifest.Source source : generation.sources()) {
            if (source.marks() == null) {
                throw new BackupException(
                        BackupException.Code.NO_GENERATION, "generation " + id + " is older than tails are");
            }
            migrations.put(source.database(), source.migrations());
            marks.put(source.database(), source.marks());
            // positions are contiguous from 1 on
            source.tables().forEach(table -> tables.put(table.name(), new Held(0, "", table.rows() + 1)));
        }
        if (newest.isEmpty()) {
            TailManifest.Log log = new TailManifest.Log(
                    generation.log().position(), generation.log().recordedAt());
            return new TailState(id, 0, hash, log, migrations, marks, tables);
        }
        TailManifest last = newest.get().manifest();
        tables.clear();
        for (TailManifest.Source source : last.sources()) {
            marks.put(source.database(), source.marks());
            source.tables()
                    .forEach(table -> tables.put(table.name(), new Held(table.heldBy(), table.digest(), table.next())));
        }
        return new TailState(id, last.number(), newest.get().hash(), last.log(), migrations, marks, tables);
    }

    Held held(String table) {
        return tables.getOrDefault(table, NOTHING);
    }

    SourceMarks marks(String database) throws BackupException {
        SourceMarks found = marks.get(database);
        if (found == null) {
            throw new BackupException(BackupException.Code.NO_GENERATION, "generation " + id + " has no " + database);
        }
        return found;
    }

    /** Whether it is still the table of which rows are there, with all of them. */
    boolean goesOn(String database, SourceTable table, SourceMarks now) throws BackupException {
        String before = marks(database).files().get(table.qualified());
        return before != null
                && before.equals(now.files().get(table.qualified()))
                && tables.containsKey(table.qualified());
    }
}
