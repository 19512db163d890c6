package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.BackupException;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.OpenedGeneration;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.segment.CopyInput;
import eu.diplomatics.backup.source.SourceDatabase;
import eu.diplomatics.backup.source.SourceTable;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailManifest.Kind;
import eu.diplomatics.backup.tail.TailReader;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts what tails hold on top of a restored generation, one database in one transaction with the note that it was done.
 * Tables that tails keep whole come from the last one; to the others each adds its rows.
 */
final class ReplayTail {
    private static final String NOTE = "tail";
    private static final String LEDGER = "keyring.shredding";
    private static final String CIPHERTEXT = "eventstore.ciphertext_";
    private static final String CURRENT = "SELECT ciphertext_table FROM eventstore.key_generation WHERE current";
    private static final String SHRED = """
            DELETE FROM keyring.data_key k USING keyring.shredding s
             WHERE k.id = s.stream AND s.shredded_at IS NOT NULL AND k.regime <> 'JOB'
            """;
    private static final String PRIMARY_KEY = """
            SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
             WHERE i.indrelid = ?::regclass AND i.indisprimary
            """;

    private final OpenedGeneration generation;
    private final TailReader reader;
    private final List<TailManifest> tails;
    private final TargetDatabase target;
    private final Manifest.Source source;
    private final RestoreLedger ledger;
    private final Runnable loaded;

    /**
     * @param tails the first and all that follow it, up to the last that is wanted; not empty
     * @param loaded told after each table
     */
    ReplayTail(
            OpenedGeneration generation,
            TailReader reader,
            List<TailManifest> tails,
            TargetDatabase target,
            Manifest.Source source,
            Runnable loaded) {
        this.generation = generation;
        this.reader = reader;
        this.tails = List.copyOf(tails);
        this.target = target;
        this.source = source;
        this.loaded = loaded;
        this.ledger = new RestoreLedger(target);
    }

    /** Once; what was done before is not done again. */
    void replay() throws SQLException, IOException {
        if (ledger.has(NOTE, 0)) {
            return;
        }
        target.durably(() -> {
            TailManifest.Source last = of(tails.getLast());
            List<TailManifest.Table> tables = inOrder(last);
            makeCiphertextTables(last);
            List<String> quoted =
                    tables.stream().map(table -> Structure.quoted(table.name())).toList();
            for (String table : quoted) {
                target.execute("ALTER TABLE " + table + " DISABLE TRIGGER USER");
            }
            List<String> emptied = new ArrayList<>();
            for (TailManifest.Table table : tables) {
                if (isReplaced(table) && !table.name().equals(LEDGER)) {
                    emptied.add(Structure.quoted(table.name()));
                }
            }
            if (!emptied.isEmpty()) {
                target.execute("TRUNCATE " + String.join(", ", emptied));
            }
            for (TailManifest.Table table : tables) {
                load(table);
                loaded.run();
            }
            afterwards(last);
            for (String table : quoted) {
                target.execute("ALTER TABLE " + table + " ENABLE TRIGGER USER");
            }
            for (var sequence : last.sequences().entrySet()) {
                if (sequence.getValue() > 0) {
                    target.execute(
                            "SELECT setval(to_regclass(?), ?)",
                            Structure.quoted(sequence.getKey()),
                            sequence.getValue());
                }
            }
            ledger.note(NOTE, 0, 0, 0);
        });
    }

    private TailManifest.Source of(TailManifest tail) throws RestoreException {
        return tail.sources().stream()
                .filter(each -> each.database().equals(source.database()))
                .findFirst()
                .orElseThrow(() -> new RestoreException(
                        RestoreException.Code.NOT_AS_IT_WAS, "a tail has no " + source.database()));
    }

    private static Optional<TailManifest.Table> table(TailManifest.Source tail, String name) {
        return tail.tables().stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /** As a generation's are loaded; what that does not have, such as a new table of ciphertexts, before the last. */
    private List<TailManifest.Table> inOrder(TailManifest.Source last) throws SQLException {
        List<TailManifest.Table> ordered = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Manifest.Table table : Structure.inOrder(target, source)) {
            known.add(table.name());
            table(last, table.name()).ifPresent(ordered::add);
        }
        int end = Math.max(0, ordered.size() - 1);
        last.tables().stream()
                .filter(table -> !known.contains(table.name()) && !table.name().endsWith(".flyway_schema_history"))
                .forEach(table -> ordered.add(end, table));
        return ordered;
    }

    /** Made by what made them in the source; any other table that the migrations do not make is one too many. */
    private void makeCiphertextTables(TailManifest.Source last) throws SQLException, RestoreException {
        for (TailManifest.Table table : last.tables()) {
            boolean there =
                    "t".equals(target.figure("SELECT to_regclass(?) IS NOT NULL", Structure.quoted(table.name())));
            if (!there && table.name().startsWith(CIPHERTEXT)) {
                target.execute("SELECT eventstore.begin_reencryption()");
                there = "t".equals(target.figure("SELECT to_regclass(?) IS NOT NULL", Structure.quoted(table.name())));
            }
            if (!there) {
                throw new RestoreException(
                        RestoreException.Code.NOT_AS_IT_WAS,
                        "the migrations do not make " + table.name() + " as the tail has it");
            }
        }
    }

    /** Whether all rows of the table come from tails. */
    private boolean isReplaced(TailManifest.Table table) throws RestoreException {
        return !table.digest().isEmpty() || from(table.name()) >= 0;
    }

    /** The last tail that has all rows of a table; negative where the generation has the first of them. */
    private int from(String name) throws RestoreException {
        for (int i = tails.size() - 1; i >= 0; i--) {
            Optional<TailManifest.Table> there = table(of(tails.get(i)), name);
            if (there.isPresent() && there.get().kind() == Kind.ALL) {
                return i;
            }
        }
        return -1;
    }

    private void load(TailManifest.Table table) throws SQLException, IOException {
        if (!table.digest().isEmpty()) {
            rows(tails.get(table.heldBy() - 1), table.name());
            return;
        }
        for (int i = Math.max(0, from(table.name())); i < tails.size(); i++) {
            rows(tails.get(i), table.name());
        }
    }

    private void rows(TailManifest tail, String name) throws SQLException, IOException {
        TailManifest.Source from = of(tail);
        Optional<TailManifest.Table> table = table(from, name);
        if (table.isEmpty() || table.get().segments().isEmpty()) {
            return;
        }
        target.execute("CREATE TEMPORARY TABLE replayed (LIKE " + Structure.quoted(name) + ") ON COMMIT DROP");
        // what a column is made of when nothing is given does not come along
        List<String> columns = table.get().columns();
        for (String other : target.strings(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'replayed'::regclass AND attnum > 0 AND NOT attisdropped")) {
            if (!columns.contains(other)) {
                target.execute("ALTER TABLE replayed DROP COLUMN " + SourceTable.quoted(other));
            }
        }
        for (int ordinal = 0; ordinal < table.get().segments().size(); ordinal++) {
            try (CopyInput rows = Segments.copyInto(target, "replayed", columns)) {
                Optional<Code> wrong = reader.read(
                        tail, from, table.get(), ordinal, Optional.of(generation.key(from.part())), rows::row);
                if (wrong.isPresent()) {
                    throw new BackupException(
                            BackupException.Code.DAMAGED, "tail " + tail.number() + ": " + name + " is " + wrong.get());
                }
                rows.finish();
            }
        }
        target.execute(merge(name, columns));
        target.execute("DROP TABLE replayed");
    }

    private String merge(String name, List<String> columns) throws SQLException {
        if (name.equals(LEDGER)) {
            return LaterShreddings.merge("replayed");
        }
        String list = columns.stream().map(SourceTable::quoted).collect(Collectors.joining(", "));
        List<String> key = target.strings(PRIMARY_KEY, Structure.quoted(name));
        String others = columns.stream()
                .filter(column -> !key.contains(column))
                .map(SourceTable::quoted)
                .map(column -> column + " = EXCLUDED." + column)
                .collect(Collectors.joining(", "));
        String conflict = key.isEmpty() || others.isEmpty()
                ? "ON CONFLICT DO NOTHING"
                : "ON CONFLICT (" + key.stream().map(SourceTable::quoted).collect(Collectors.joining(", "))
                        + ") DO UPDATE SET " + others;
        return "INSERT INTO " + Structure.quoted(name) + " (" + list + ") OVERRIDING SYSTEM VALUE SELECT " + list
                + " FROM replayed " + conflict;
    }

    /** What does not hold in the new place, as after loading a generation. */
    private void afterwards(TailManifest.Source last) throws SQLException {
        if (target.database() == SourceDatabase.KEYRING) {
            target.execute(SHRED);
        }
        for (String statement : Segments.afterwards(
                last.tables().stream().map(TailManifest.Table::name).toList())) {
            target.execute(statement);
        }
        if (target.database() == SourceDatabase.EVENTSTORE) {
            String current = Structure.quoted("eventstore." + target.figure(CURRENT));
            target.execute("CREATE OR REPLACE VIEW eventstore.current_ciphertext AS SELECT position, ciphertext FROM "
                    + current);
            target.execute("REVOKE INSERT ON " + current + " FROM es_rekeyer");
            for (Manifest.Table table : source.tables()) {
                if (table.name().startsWith(CIPHERTEXT)
                        && table(last, table.name()).isEmpty()) {
                    target.execute("DROP TABLE " + Structure.quoted(table.name()));
                }
            }
        }
    }
}
