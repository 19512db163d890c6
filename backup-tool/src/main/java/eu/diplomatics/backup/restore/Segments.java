package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.OpenedGeneration;
import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.backup.segment.CopyInput;
import eu.diplomatics.backup.source.SourceTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** Puts segments into their tables, each in one transaction with the note that it is there. */
final class Segments {
    private static final String DATA_KEYS = "keyring.data_key";
    private static final String JOB = "JOB";
    /** Counts the transactions of a server; of another one it means nothing, and 0 is before all. */
    private static final String MADE_IN = "made_in";

    /**
     * What does not hold in the new place. A rewrite of the keyring that was under way has lost its copy, and begins anew;
     * topics that were published to are not part of a generation.
     */
    private static final Map<String, String> AFTERWARDS = Map.of(
            "keyring.rewrite", "DELETE FROM keyring.rewrite WHERE state <> 'DONE'",
            "eventstore.relay_checkpoint", "DELETE FROM eventstore.relay_checkpoint");

    private final OpenedGeneration generation;
    private final TargetDatabase target;
    private final RestoreLedger ledger;
    private final Set<UUID> shredded;

    /** @param shredded streams whose keys are left out */
    Segments(OpenedGeneration generation, TargetDatabase target, Set<UUID> shredded) {
        this.generation = generation;
        this.target = target;
        this.ledger = new RestoreLedger(target);
        this.shredded = shredded;
    }

    /** Statements for those of these tables of which not all holds. */
    static List<String> afterwards(List<String> tables) {
        return AFTERWARDS.entrySet().stream()
                .filter(each -> tables.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Whether rows of this table are to be as many as were loaded. */
    static boolean isKeptAsItWas(String table) {
        return !AFTERWARDS.containsKey(table) && !table.equals(LaterShreddings.LEDGER);
    }

    /** Whether there was anything left to do. */
    boolean load(Manifest.Source source, Manifest.Table table, int ordinal) throws SQLException, IOException {
        if (ledger.has(table.name(), ordinal)) {
            return false;
        }
        Predicate<ByteBuffer> leftOut = leftOut(table);
        int madeIn = table.columns().indexOf(MADE_IN);
        String name = Structure.quoted(table.name());
        target.transaction(() -> {
            // what triggers do was done when the rows were written
            target.execute("ALTER TABLE " + name + " DISABLE TRIGGER USER");
            long[] left = {0};
            long loaded;
            try (CopyInput rows = copyInto(target, name, table.columns())) {
                generation.read(source, table, ordinal, row -> {
                    if (leftOut.test(row)) {
                        left[0]++;
                    } else {
                        if (madeIn >= 0) {
                            CopyFormat.field(row, 0, madeIn).putLong(0);
                        }
                        rows.row(row);
                    }
                });
                loaded = rows.finish();
            }
            String afterwards = AFTERWARDS.get(table.name());
            if (afterwards != null) {
                target.execute(afterwards);
            }
            target.execute("ALTER TABLE " + name + " ENABLE TRIGGER USER");
            ledger.note(table.name(), ordinal, loaded + left[0], left[0]);
        });
        return true;
    }

    private Predicate<ByteBuffer> leftOut(Manifest.Table table) {
        if (!table.name().equals(DATA_KEYS) || shredded.isEmpty()) {
            return row -> false;
        }
        int id = table.columns().indexOf("id");
        int regime = table.columns().indexOf("regime");
        return row -> {
            ByteBuffer bits = CopyFormat.field(row, 0, id);
            return shredded.contains(new UUID(bits.getLong(), bits.getLong()))
                    && !JOB.equals(StandardCharsets.UTF_8
                            .decode(CopyFormat.field(row, 0, regime))
                            .toString());
        };
    }

    /** @param table as SQL takes it */
    static CopyInput copyInto(TargetDatabase target, String table, List<String> columns) throws SQLException {
        String list = columns.stream().map(SourceTable::quoted).collect(Collectors.joining(", "));
        return new CopyInput(target.connection()
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " (" + list + ") FROM STDIN (FORMAT binary)"));
    }
}
