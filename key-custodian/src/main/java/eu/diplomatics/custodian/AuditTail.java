package eu.diplomatics.custodian;

import eu.diplomatics.custodian.AuditLine.Read;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a log is gone on with.
 *
 * @param day of the newest file; empty when there is none
 * @param label of the key that signed last; empty when none did
 * @param latest of the times in the newest file
 * @param problem what is wrong with the newest file; empty when nothing is
 */
record AuditTail(
        String day, String hash, long lines, String label, Instant latest, String lastOutcome, String problem) {

    /**
     * Reads the newest file. Half a line at its end, from a crash, is dropped: what it was about was never answered.
     *
     * @throws IOException when it does not end with a line of a log
     */
    static AuditTail of(Path directory) throws IOException {
        List<Path> files = AuditFiles.in(directory);
        if (files.isEmpty()) {
            String gone = Files.exists(AuditFiles.head(directory)) ? "all its files are gone" : "";
            return new AuditTail("", AuditLine.START, 0, "", Instant.EPOCH, "", gone);
        }
        Path file = files.getLast();
        Reader reader = new Reader(file);
        AuditFiles.lines(file, reader);
        Read last = reader.last;
        if (last == null) {
            throw new IOException("audit log " + file + " does not end with a line of one");
        }
        if (reader.complete < Files.size(file)) {
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                out.truncate(reader.complete);
                out.force(true);
            }
        }
        String name = file.getFileName().toString();
        return new AuditTail(
                name.substring("sealed-".length(), name.length() - ".jsonl".length()),
                last.hash(),
                last.line().n(),
                reader.chain.label(),
                reader.latest,
                last.line().outcome(),
                reader.problem);
    }

    private static final class Reader implements AuditFiles.Visitor {
        private final Path file;
        private final AuditChain chain = AuditChain.fromAFile();
        private @Nullable Read last;
        private Instant latest = Instant.EPOCH;
        private String problem = "";
        private long complete;

        Reader(Path file) {
            this.file = file;
        }

        @Override
        public void line(int number, String text, boolean whole) {
            if (!whole) {
                return;
            }
            complete += text.getBytes(StandardCharsets.UTF_8).length + 1L;
            last = AuditLine.read(text);
            if (problem.isEmpty()) {
                String wrong = chain.follow(last);
                problem = wrong.isEmpty() ? "" : file + " line " + number + " " + wrong;
            }
            if (last != null) {
                Instant at = time(last.line().at());
                latest = at.isAfter(latest) ? at : latest;
            }
        }

        private static Instant time(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                return Instant.EPOCH;
            }
        }
    }
}
