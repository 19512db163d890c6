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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who used which key, one JSON line each, one file a day, only ever appended, chained over all files and signed now and
 * then. A call whose line cannot be written is not answered. Holds no values: neither what was wrapped nor what was
 * indexed.
 */
final class AuditLog implements AutoCloseable {
    /** Stable: what watches the log looks for it. */
    static final String BROKEN = "AUDIT_LOG_BROKEN";

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int LINES_BETWEEN_HEADS = 1_000;

    private final Path directory;
    private final String custodian;
    private final InstantSource clock;
    private final Signer signer;
    private @Nullable FileChannel channel;
    private String day;
    private String hash;
    private long n;
    private String label;
    private Instant latest;
    private int sinceHead;
    private final boolean intact;

    /** The key that signs receipts; both throw {@link TokenException}. */
    interface Signer {
        String label();

        byte[] publicKey(String label);

        byte[] sign(String label, byte[] message);
    }

    /** The last line there is: what an outsider keeps, to hold it against the log later. */
    record Head(long line, String hash, byte[] signature) {}

    AuditLog(Path directory, String custodian, InstantSource clock, Signer signer) throws IOException {
        var own = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        this.directory = Files.createDirectories(directory, own);
        Files.createDirectories(directory.resolve("state"), own);
        this.custodian = custodian;
        this.clock = clock;
        this.signer = signer;
        AuditTail tail = AuditTail.of(directory);
        this.day = tail.day();
        this.hash = tail.hash();
        this.n = tail.lines();
        this.label = tail.label();
        this.latest = tail.latest();
        this.intact = tail.problem().isEmpty();
        if (!intact) {
            LOG.error("{}: {}; custodian verify-audit tells more", BROKEN, tail.problem());
        }
        if (n > 0) {
            append("STOPPED".equals(tail.lastOutcome()) ? "START" : "START_AFTER_CRASH");
        }
        head();
    }

    void write(String client, String certificate, String verb, Map<String, Integer> keys, String outcome) {
        write(client, certificate, verb, keys, outcome, false);
    }

    /** As the other, on the disk when this returns. */
    void writeDurably(String client, String certificate, String verb, Map<String, Integer> keys, String outcome) {
        write(client, certificate, verb, keys, outcome, true);
    }

    /** The clock, but never behind any time it has shown before: setting it back makes nothing shorter. */
    synchronized Instant now() {
        Instant now = clock.instant();
        if (now.isAfter(latest)) {
            latest = now;
        }
        return latest;
    }

    /** Whether the newest file was whole when the custodian started. */
    boolean intact() {
        return intact;
    }

    synchronized Head currentHead() {
        return new Head(n, hash, signer.sign(signer.label(), AuditLine.headToSign(custodian, n, hash)));
    }

    private synchronized void write(
            String client, String certificate, String verb, Map<String, Integer> keys, String outcome, boolean force) {
        try {
            put(line(client, certificate, verb, keys, outcome));
            if (force) {
                opened().force(false);
            }
            if (++sinceHead >= LINES_BETWEEN_HEADS) {
                head();
            }
        } catch (IOException e) {
            LOG.error("audit log in {} cannot be written: {}", directory, e.toString());
            throw new Refusal(Code.AUDIT_UNAVAILABLE);
        }
    }

    private void append(String outcome) throws IOException {
        put(line(custodian, "", "LOG", Map.of(), outcome));
    }

    private AuditLine line(String client, String certificate, String verb, Map<String, Integer> keys, String outcome)
            throws IOException {
        rollOver();
        return new AuditLine(
                n + 1, clock.instant().toString(), client, certificate, verb, keys, outcome, null, null, null);
    }

    /** Signs what is there, after announcing the key if it is another one than before. */
    private void head() throws IOException {
        sinceHead = 0;
        String now = clock.instant().toString();
        byte[] signature;
        try {
            announce(now);
            signature = signer.sign(label, AuditLine.headToSign(custodian, n, hash));
        } catch (TokenException e) {
            LOG.warn("audit log goes on without a signature: {}", e.getMessage());
            signature = new byte[0];
        }
        put(new AuditLine(n + 1, now, custodian, "", AuditLine.HEAD, Map.of(), label, hash, null, signature));
        if (signature.length > 0) {
            opened().force(false);
            DurableFile.replace(
                    AuditFiles.head(directory), Messages.JSON.writeValueAsBytes(new Head(n, hash, signature)));
        }
    }

    private void announce(String now) throws IOException {
        String current = signer.label();
        if (current.equals(label)) {
            return;
        }
        byte[] publicKey = signer.publicKey(current);
        byte[] message = AuditLine.keyToSign(custodian, n + 1, hash, current, publicKey);
        byte[] signature = signer.sign(label.isEmpty() ? current : label, message);
        put(new AuditLine(n + 1, now, custodian, "", AuditLine.KEY, Map.of(), current, hash, publicKey, signature));
        label = current;
    }

    private void put(AuditLine line) throws IOException {
        AuditLine.Written written = line.after(hash);
        ByteBuffer buffer = ByteBuffer.wrap((written.text() + "\n").getBytes(StandardCharsets.UTF_8));
        FileChannel out = opened();
        long before = out.size();
        try {
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        } catch (IOException e) {
            // half a line would break the chain for good
            out.truncate(before);
            throw e;
        }
        hash = written.hash();
        n = line.n();
        now();
    }

    /** One file a day, each beginning with a head; a clock that is set back goes on in the newest one. */
    private void rollOver() throws IOException {
        String today = LocalDate.ofInstant(now(), ZoneOffset.UTC).toString();
        if (today.compareTo(day) > 0) {
            FileChannel old = channel;
            FileChannel fresh = open(AuditFiles.of(directory, today));
            channel = fresh;
            day = today;
            if (old != null) {
                old.force(true);
                old.close();
            }
            head();
        }
    }

    private FileChannel opened() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            if (day.isEmpty()) {
                day = LocalDate.ofInstant(now(), ZoneOffset.UTC).toString();
            }
            open = open(AuditFiles.of(directory, day));
            channel = open;
        }
        return open;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null && channel.isOpen()) {
            append("STOPPED");
            head();
            channel.force(true);
            channel.close();
        }
    }

    static List<String> ownVerbs() {
        return List.of(AuditLine.HEAD, AuditLine.KEY, "LOG");
    }
}
