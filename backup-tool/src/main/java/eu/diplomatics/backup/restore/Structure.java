package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.source.SourceTable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of a generation in a database: made, emptied of what migrations put there, and in what order they are loaded. */
final class Structure {
    private static final String HISTORY = "flyway_schema_history";
    /** Pairs: a table, and one that it refers to. */
    private static final String REFERENCES = """
            SELECT c.conrelid::regclass || ' ' || c.confrelid::regclass FROM pg_constraint c
             WHERE c.contype = 'f' AND c.conrelid <> c.confrelid
            """;
    /** Before any key: nothing that was shredded is to be readable in between. */
    private static final List<String> FIRST = List.of("keyring.rewrite", "keyring.shredding");
    /** Without it nobody can append: the log is in use when all of it is there. */
    private static final String LAST = "eventstore.head";

    private Structure() {}

    /** What is loaded of a database; Flyway writes its own table. */
    static List<Manifest.Table> loaded(Manifest.Source source) {
        return source.tables().stream()
                .filter(table -> !table.name().endsWith("." + HISTORY))
                .toList();
    }

    /**
     * In one transaction with the note that the tables are there.
     *
     * @param dataKeyGeneration which was in use; 0 for databases that have none
     */
    static void make(TargetDatabase target, Manifest.Source source, int dataKeyGeneration, long indexedLater)
            throws SQLException, IOException {
        RestoreLedger ledger = new RestoreLedger(target);
        target.durably(() -> {
            List<Manifest.Table> tables = loaded(source);
            if (target.database() == SourceDatabase.EVENTSTORE) {
                Set<String> names = tables.stream().map(Manifest.Table::name).collect(Collectors.toSet());
                DataKeyTables.make(target, names, dataKeyGeneration);
                EndedIncarnations.make(target, names);
            }
            List<String> quoted = new ArrayList<>();
            for (Manifest.Table table : tables) {
                requireColumns(target, table);
                String name = quoted(table.name());
                target.execute("ALTER TABLE " + name + " DISABLE TRIGGER USER");
                quoted.add(name);
            }
            target.execute("TRUNCATE " + String.join(", ", quoted));
            for (String name : quoted) {
                target.execute("ALTER TABLE " + name + " ENABLE TRIGGER USER");
            }
            for (Manifest.Table table : tables) {
                if (table.rows() >= indexedLater) {
                    Indexes.takeAway(target, table.name());
                }
            }
            ledger.note(RestoreLedger.State.READY);
        });
    }

    private static void requireColumns(TargetDatabase target, Manifest.Table table)
            throws SQLException, RestoreException {
        List<String> columns = target.strings(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped",
                quoted(table.name()));
        if (!columns.containsAll(table.columns())) {
            throw new RestoreException(
                    RestoreException.Code.NOT_AS_IT_WAS,
                    "the migrations do not make " + table.name() + " as the generation has it");
        }
    }

    /** A name with its schema, as SQL takes it. */
    static String quoted(String table) {
        int dot = table.indexOf('.');
        return SourceTable.quoted(table.substring(0, dot)) + "." + SourceTable.quoted(table.substring(dot + 1));
    }

    /** What is referred to before what refers to it. */
    static List<Manifest.Table> inOrder(TargetDatabase target, Manifest.Source source) throws SQLException {
        List<String> references = target.strings(REFERENCES);
        List<Manifest.Table> left = new ArrayList<>(loaded(source));
        List<Manifest.Table> ordered = new ArrayList<>();
        for (String first : FIRST) {
            left.stream().filter(table -> table.name().equals(first)).forEach(ordered::add);
        }
        List<Manifest.Table> last =
                left.stream().filter(table -> table.name().equals(LAST)).toList();
        left.removeAll(ordered);
        left.removeAll(last);
        while (!left.isEmpty()) {
            Manifest.Table next = left.stream()
                    .filter(table ->
                            left.stream().noneMatch(other -> references.contains(table.name() + " " + other.name())))
                    .findFirst()
                    .orElse(left.getFirst());
            left.remove(next);
            ordered.add(next);
        }
        ordered.addAll(last);
        return ordered;
    }
}
