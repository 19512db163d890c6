package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Refusal.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who used which key, one JSON line each, one file a day, only ever appended. A call whose line cannot be written is
 * not answered. Holds no values: neither what was wrapped nor what was indexed.
 */
final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final Path directory;
    private final InstantSource clock;
    private final JsonMapper json = JsonMapper.shared();
    private @Nullable FileChannel channel;
    private LocalDate day = LocalDate.MIN;

    AuditLog(Path directory, InstantSource clock) throws IOException {
        this.directory = Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        this.clock = clock;
        channelOf(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    }

    /**
     * @param client the certificate's common name
     * @param keys how many operations per key label
     */
    record Line(
            Instant at, String client, String certificate, String verb, Map<String, Integer> keys, String outcome) {}

    void write(String client, String certificate, String verb, Map<String, Integer> keys, String outcome) {
        write(client, certificate, verb, keys, outcome, false);
    }

    /** As the other, on the disk when this returns. */
    void writeDurably(String client, String certificate, String verb, Map<String, Integer> keys, String outcome) {
        write(client, certificate, verb, keys, outcome, true);
    }

    private synchronized void write(
            String client, String certificate, String verb, Map<String, Integer> keys, String outcome, boolean force) {
        Instant now = clock.instant();
        String line = json.writeValueAsString(new Line(now, client, certificate, verb, keys, outcome)) + "\n";
        try {
            FileChannel out = channelOf(LocalDate.ofInstant(now, ZoneOffset.UTC));
            ByteBuffer buffer = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            if (force) {
                out.force(false);
            }
        } catch (IOException e) {
            LOG.error("audit log in {} cannot be written: {}", directory, e.toString());
            throw new Refusal(Code.AUDIT_UNAVAILABLE);
        }
    }

    private FileChannel channelOf(LocalDate today) throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen() || !today.equals(day)) {
            if (open != null) {
                open.close();
            }
            open = FileChannel.open(
                    directory.resolve("audit-" + today + ".jsonl"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            channel = open;
            day = today;
        }
        return open;
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null && channel.isOpen()) {
            channel.force(true);
            channel.close();
        }
    }
}
