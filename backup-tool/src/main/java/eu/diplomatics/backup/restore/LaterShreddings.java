package eu.diplomatics.backup.restore;

import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.OpenedGeneration;
import eu.diplomatics.backup.segment.CopyInput;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What was shredded after the generation was made stands in the ledger of a newer one. It is known before any key is
 * loaded, and those keys are not; it counts anew, as after any older keyring that was put back.
 */
final class LaterShreddings {
    static final String LEDGER = "keyring.shredding";
    /** The name under which it is noted that they are known. */
    static final String NOTE = "later shreddings";

    private static final String MERGE_FROM = """
            INSERT INTO keyring.shredding AS s
                   (stream, tombstone, kind, reason_code, legal_basis, command_tag, body_tag, asked_at, shredded_at, after_rewrite)
            SELECT l.stream, l.tombstone, l.kind, l.reason_code, l.legal_basis, l.command_tag, l.body_tag, l.asked_at, l.shredded_at,
                   CASE WHEN l.shredded_at IS NOT NULL THEN (SELECT coalesce(max(r.id), 0) FROM keyring.rewrite r) END
              FROM %s l
            ON CONFLICT (stream) DO UPDATE
               SET shredded_at = EXCLUDED.shredded_at, after_rewrite = EXCLUDED.after_rewrite
             WHERE s.shredded_at IS NULL AND EXCLUDED.shredded_at IS NOT NULL
            """;
    private static final String SHREDDED = "SELECT stream FROM keyring.shredding WHERE shredded_at IS NOT NULL";

    private LaterShreddings() {}

    /** Takes over what a newer generation's ledger says, once. */
    static void takeOver(TargetDatabase keyring, Optional<OpenedGeneration> newer) throws SQLException, IOException {
        RestoreLedger ledger = new RestoreLedger(keyring);
        if (ledger.has(NOTE, 0)) {
            return;
        }
        keyring.durably(() -> {
            if (newer.isPresent()) {
                keyring.execute("CREATE TEMPORARY TABLE later_shredding (LIKE keyring.shredding) ON COMMIT DROP");
                load(keyring, newer.get());
                keyring.execute(merge("later_shredding"));
            }
            ledger.note(NOTE, 0, 0, 0);
        });
    }

    /** SQL that takes over what a table of the ledger's form says; it counts anew. */
    static String merge(String table) {
        return MERGE_FROM.formatted(table);
    }

    private static void load(TargetDatabase keyring, OpenedGeneration newer) throws SQLException, IOException {
        for (Manifest.Source source : newer.manifest().sources()) {
            for (Manifest.Table table : source.tables()) {
                if (!table.name().equals(LEDGER)) {
                    continue;
                }
                for (int ordinal = 0; ordinal < table.segments().size(); ordinal++) {
                    try (CopyInput rows = Segments.copyInto(keyring, "later_shredding", table.columns())) {
                        newer.read(source, table, ordinal, rows::row);
                        rows.finish();
                    }
                }
            }
        }
    }

    /** The streams whose keys are not loaded. */
    static Set<UUID> streams(TargetDatabase keyring) throws SQLException {
        List<String> streams = keyring.strings(SHREDDED);
        Set<UUID> ids = HashSet.newHashSet(streams.size());
        streams.forEach(stream -> ids.add(UUID.fromString(stream)));
        return ids;
    }
}
