package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.Manifest.Table;
import eu.diplomatics.backup.segment.CopyFormat;
import eu.diplomatics.transparency.CheckpointVerifier.Verified;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.verify.Incarnations;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The log's newest checkpoint and the newest that a witness cosigned, as their tables pass: cosignatures come first. */
final class CheckpointRows {
    private static final String COSIGNATURES = "eventstore.cosignature";
    private static final String CHECKPOINTS = "eventstore.checkpoint";
    private static final String INCARNATIONS = "eventstore.incarnation";

    private final Map<String, Cosignature> cosignatures = new HashMap<>();
    private final NavigableMap<Long, Stored> checkpoints = new TreeMap<>();
    private final NavigableMap<Integer, byte[]> declarations = new TreeMap<>();

    private record Cosignature(long size, String line) {}

    private record Stored(byte[] root, byte[] note) {}

    /**
     * What signatures say.
     *
     * @param cosigned of the largest tree that a witness saw; 0 when none did
     */
    record Signed(Optional<VerifyGeneration.Code> code, long cosigned, Optional<Instant> cosignedAt) {}

    /** Whether a table is one of those that say what the log stated. */
    static boolean isOne(Table table) {
        return Set.of(COSIGNATURES, CHECKPOINTS, INCARNATIONS).contains(table.name());
    }

    /** Before the others, since they say what is to be remembered of those. */
    static boolean isFirst(Table table) {
        return table.name().equals(COSIGNATURES);
    }

    /** What remembers it, where this is one of its tables. */
    Consumer<ByteBuffer> of(Table table) {
        List<String> columns = table.columns();
        return switch (table.name()) {
            case COSIGNATURES -> row -> cosignature(row, columns);
            case CHECKPOINTS -> row -> checkpoint(row, columns);
            case INCARNATIONS ->
                row -> declarations.put(
                        CopyFormat.field(row, 0, columns.indexOf("incarnation")).getInt(),
                        bytes(row, columns, "statement"));
            default -> row -> {};
        };
    }

    private void cosignature(ByteBuffer row, List<String> columns) {
        long size = CopyFormat.field(row, 0, columns.indexOf("size")).getLong();
        String witness = new String(bytes(row, columns, "witness"), StandardCharsets.UTF_8);
        Cosignature before = cosignatures.get(witness);
        if (before == null || before.size() < size) {
            cosignatures.put(
                    witness, new Cosignature(size, new String(bytes(row, columns, "line"), StandardCharsets.UTF_8)));
        }
    }

    private void checkpoint(ByteBuffer row, List<String> columns) {
        long size = CopyFormat.field(row, 0, columns.indexOf("size")).getLong();
        boolean isCosigned = isCosigned(size);
        if (!isCosigned && size < size()) {
            return;
        }
        long before = size();
        checkpoints.put(size, new Stored(bytes(row, columns, "root"), bytes(row, columns, "note")));
        if (before < size && before > 0 && !isCosigned(before)) {
            checkpoints.remove(before);
        }
    }

    private boolean isCosigned(long size) {
        return cosignatures.values().stream().anyMatch(each -> each.size() == size);
    }

    private static byte[] bytes(ByteBuffer row, List<String> columns, String column) {
        ByteBuffer field = CopyFormat.field(row, 0, columns.indexOf(column));
        byte[] bytes = new byte[field.remaining()];
        field.get(bytes);
        return bytes;
    }

    /** Of the newest; 0 where there is none. */
    private long size() {
        return checkpoints.isEmpty() ? 0 : checkpoints.lastKey();
    }

    /** Sizes of the trees whose roots are stated. */
    Set<Long> sizes() {
        return Set.copyOf(checkpoints.keySet());
    }

    /** Whether these trees have the roots that the checkpoints say. */
    boolean agrees(Map<Long, TreeHead> found) {
        return checkpoints.entrySet().stream().allMatch(each -> {
            TreeHead head = found.get(each.getKey());
            return head != null
                    && Arrays.equals(each.getValue().root(), head.root().bytes());
        });
    }

    /** Whether the newest is signed by the log in the incarnation that is in force, and what a witness has seen of it. */
    Signed signed(LogTrust trust) {
        try {
            Incarnations log = new Incarnations(trust.logKeys(), List.of(), 0);
            String origin = follow(log, trust);
            for (Map.Entry<Long, Stored> each : checkpoints.entrySet()) {
                Verified verified = log.verify(each.getValue().note());
                if (!verified.checkpoint().origin().equals(origin)
                        || verified.head().size() != each.getKey()
                        || !Arrays.equals(
                                verified.head().root().bytes(), each.getValue().root())) {
                    return new Signed(Optional.of(VerifyGeneration.Code.CHECKPOINT), 0, Optional.empty());
                }
            }
        } catch (NoteException e) {
            return new Signed(Optional.of(VerifyGeneration.Code.CHECKPOINT), 0, Optional.empty());
        }
        return trust.witnesses().isEmpty() ? new Signed(Optional.empty(), 0, Optional.empty()) : cosigned(trust);
    }

    /** From the incarnation whose keys are trusted to the one that is in force; its origin. */
    private String follow(Incarnations log, LogTrust trust) {
        String origin = trust.logKeys().getFirst().name();
        for (byte[] declaration : declarations.values()) {
            Resumption declared = Resumption.parse(SignedNote.parse(declaration).text());
            if (declared.from().name().equals(origin)) {
                origin = log.follow(declaration).to().name();
            }
        }
        return origin;
    }

    private Signed cosigned(LogTrust trust) {
        for (Map.Entry<Long, Stored> each : checkpoints.descendingMap().entrySet()) {
            StringBuilder note = new StringBuilder(new String(each.getValue().note(), StandardCharsets.UTF_8));
            cosignatures.values().stream()
                    .filter(line -> line.size() == each.getKey())
                    .forEach(line -> note.append(line.line()));
            try {
                Incarnations log = new Incarnations(trust.logKeys(), trust.witnesses(), 1);
                follow(log, trust);
                Verified verified = log.verify(note.toString().getBytes(StandardCharsets.UTF_8));
                return new Signed(
                        Optional.empty(),
                        each.getKey(),
                        verified.cosignatures().getFirst().time());
            } catch (NoteException e) {
                if (e.reason() != NoteException.Reason.WITNESSES_MISSING) {
                    break;
                }
                // the next older one
            }
        }
        return new Signed(Optional.of(VerifyGeneration.Code.COSIGNATURE), 0, Optional.empty());
    }
}
