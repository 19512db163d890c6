package eu.diplomatics.registry.batch;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.Keyring.SecretVersion;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.QualificationCsv;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.registry.batch.Job.Format;
import eu.diplomatics.registry.batch.Job.State;
import eu.diplomatics.registry.batch.JobSeal.Piece;
import eu.diplomatics.registry.problem.Problem;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.registration.RegisterQualifications;
import eu.diplomatics.registry.registration.Rules;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Receives files: streams them, sealed chunk by chunk, into the database, and forgets those that do not end well. */
final class Reception {
    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);
    static final String SECRET = "batch-key";
    private static final int MAX_CHUNK_BYTES = 1 << 20;
    private static final int MAX_CELL_CHARS = 256 * 1024;

    private final JobStore store;
    private final Keyring keyring;
    private final SecretVersions keys;
    private final BatchSettings settings;
    private final Rules rules;
    private final InstantSource clock;
    private final UploadTurns turns;
    private final Set<UUID> inHand = ConcurrentHashMap.newKeySet();

    Reception(JobStore store, Keyring keyring, BatchSettings settings, Rules rules, InstantSource clock) {
        this.rules = rules;
        this.store = store;
        this.keyring = keyring;
        this.keys = new SecretVersions(keyring, SECRET, clock);
        this.settings = settings;
        this.clock = clock;
        this.turns = new UploadTurns(settings.uploads(), settings.uploadsPerSupplier());
    }

    /** How a file was sent. */
    record Shipment(
            String supplier, String idempotencyKey, Format format, Mode mode, boolean dryRun, String correlation) {}

    /** Returns the job's id when the body is received whole, or was before. */
    UUID receive(Shipment shipment, InputStream body) {
        if (!turns.take(shipment.supplier())) {
            throw ProblemException.later(
                    ProblemCode.TOO_MANY_UPLOADS, "Send the file again in a while.", Duration.ofSeconds(10));
        }
        try {
            return receiveInTurn(shipment, body);
        } catch (RowSource.BrokenFileException e) {
            throw broken(e);
        } catch (TaggedBody.TooLargeException e) {
            throw ProblemException.of(ProblemCode.TOO_LARGE, "A file has at most " + settings.maxBytes() + " bytes.");
        } catch (TaggedBody.TooSlowException e) {
            throw ProblemException.of(
                    ProblemCode.UPLOAD_TOO_SLOW, "Nothing of the file was kept; the same key may be used again.");
        } catch (IOException e) {
            throw ProblemException.of(
                    ProblemCode.MALFORMED, "The body ends before its end; the same key may be used again.");
        } finally {
            turns.giveBack(shipment.supplier());
        }
    }

    private UUID receiveInTurn(Shipment shipment, InputStream body) throws IOException {
        SecretVersion version = version(shipment);
        try (SecretBytes key = open(version)) {
            byte[] tag = tag(key, shipment);
            TaggedBody tagged = new TaggedBody(
                    body,
                    key,
                    settings.maxBytes(),
                    settings.patience(),
                    "body " + shipment.format() + " " + shipment.mode() + " " + shipment.dryRun());
            Job job = job(shipment);
            inHand.add(job.id());
            try {
                return store.create(job, tag, version.name())
                        ? receiveNew(job, tagged)
                        : receivedBefore(job, tag, tagged);
            } finally {
                inHand.remove(job.id());
            }
        }
    }

    /** The version that a file under this key was received with, as long as its job stays; else the one for new files. */
    private SecretVersion version(Shipment shipment) {
        SecretVersion active = keys.active();
        for (SecretVersion other : keys.all()) {
            if (!other.equals(active) && keys.open(other).orElse(null) instanceof SecretBytes key) {
                try (key) {
                    if (store.withKey(shipment.supplier(), tag(key, shipment)).isPresent()) {
                        return other;
                    }
                }
            }
        }
        return active;
    }

    /** Versions that no job needs any more. */
    List<SecretVersion> keysOver() {
        Instant now = clock.instant();
        Set<String> needed = store.tagKeys();
        return keys.all().stream()
                .filter(version -> !needed.contains(version.name())
                        && keys.succeededAt(version)
                                .filter(since -> now.isAfter(since.plus(SecretVersions.LEAD)))
                                .isPresent())
                .toList();
    }

    private SecretBytes open(SecretVersion version) {
        return keys.open(version)
                .orElseThrow(() -> new KeysUnavailableException(version.name() + " is no longer there"));
    }

    private static byte[] tag(SecretBytes key, Shipment shipment) {
        return Hmac.sha256(key, Hmac.lengthPrefixed("idempotency-key", shipment.supplier(), shipment.idempotencyKey()));
    }

    private Job job(Shipment shipment) {
        return new Job(
                UUID.randomUUID(),
                shipment.supplier(),
                null,
                shipment.format(),
                shipment.mode(),
                shipment.dryRun(),
                State.RECEIVING,
                shipment.correlation(),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                null,
                0,
                0,
                0,
                0,
                0,
                0,
                null);
    }

    private UUID receivedBefore(Job job, byte[] tag, TaggedBody body) throws IOException {
        Job before = store.withKey(job.supplier(), tag)
                .orElseThrow(() -> conflict("A file under this key was just given up; send it again."));
        byte[] known = before.bodyTag();
        if (known == null && !inHand.contains(before.id())) {
            throw ProblemException.later(
                    ProblemCode.BATCHES_UNAVAILABLE,
                    "A file that did not end well under this key is not forgotten yet.",
                    Duration.ofSeconds(30));
        }
        if (known == null) {
            throw conflict("A file is being received under this key.");
        }
        if (!MessageDigest.isEqual(known, body.tag())) {
            throw conflict("The key was used for another file, or with other parameters.");
        }
        return before.id();
    }

    private static ProblemException conflict(String detail) {
        return ProblemException.at(ProblemCode.IDEMPOTENCY_CONFLICT, "header/Idempotency-Key", detail);
    }

    private UUID receiveNew(Job job, TaggedBody body) throws IOException {
        boolean whole = false;
        try (JobSeal seal = JobSeal.create(keyring, job.id())) {
            RowSource rows = switch (job.format()) {
                case NDJSON -> new NdjsonRows(body, QualificationJson.MAX_BYTES);
                case CSV -> new CsvRows(body, MAX_CELL_CHARS, QualificationJson.MAX_BYTES);
                case LED -> new LedRows(body, QualificationJson.MAX_BYTES);
            };
            if (job.format() == Format.CSV) {
                checkHeader(rows.header(), job.mode());
            }
            int chunks = 0;
            long count = 0;
            List<RawRow> chunk = new ArrayList<>(RegisterQualifications.MAX_ROWS);
            int size = 0;
            for (RawRow sent = rows.next(); sent != null; sent = rows.next()) {
                RawRow row = ChunkProcessor.admitted(sent, rows.header(), rules.now(job.mode()));
                chunk.add(row);
                count++;
                size += row.sizeBytes();
                if (chunk.size() == RegisterQualifications.MAX_ROWS || size >= MAX_CHUNK_BYTES) {
                    add(job, seal, chunks++, count, chunk);
                    chunk.clear();
                    size = 0;
                }
            }
            if (!chunk.isEmpty()) {
                add(job, seal, chunks++, count, chunk);
            }
            if (count == 0) {
                throw ProblemException.of(ProblemCode.MALFORMED, "The file has no rows.");
            }
            byte[] header = rows.header().isEmpty() ? null : seal.seal(Piece.HEADER, 0, header(rows.header()));
            store.received(job.id(), body.tag(), header, chunks, count);
            whole = true;
            LOG.info("batch {} received: {} rows", job.id(), count);
            return job.id();
        } finally {
            if (!whole) {
                var unused = forget(job.id());
            }
        }
    }

    private static byte[] header(List<String> names) {
        return RawRow.encode(List.of(new RawRow.Cells(names)));
    }

    private static void checkHeader(List<String> header, Mode mode) {
        List<Rejection> rejections = QualificationCsv.checkHeader(header, mode);
        if (!rejections.isEmpty()) {
            throw Rejections.problem(rejections);
        }
    }

    private void add(Job job, JobSeal seal, int number, long rowsSoFar, List<RawRow> rows) {
        byte[] sealed = seal.seal(Piece.ROWS, number, RawRow.encode(rows));
        store.addChunk(job.id(), new JobStore.Chunk(number, rowsSoFar - rows.size() + 1, sealed), rowsSoFar);
    }

    /**
     * The key first: without it the rest is noise, also when what follows fails. The rest stays as long as the key does,
     * so that it is tried again.
     *
     * @return whether all of it is gone
     */
    boolean forget(UUID job) {
        try {
            var unused = keyring.drop(job);
            store.remove(job);
            return true;
        } catch (KeysUnavailableException | DataAccessException e) {
            LOG.warn("batch {} is not forgotten yet: {}", job, e.getClass().getSimpleName());
            return false;
        }
    }

    /**
     * What a crash, or a failure to forget it at once, left half received; nobody else receives, since only one writer
     * holds the log.
     */
    void forgetHalfReceived() {
        Set<UUID> left = receiving();
        left.removeAll(inHand);
        if (!left.isEmpty()) {
            // looked at again, since one that was in hand a moment ago may have ended well
            left.retainAll(receiving());
            left.forEach(this::forget);
        }
    }

    private Set<UUID> receiving() {
        return store.in(State.RECEIVING).stream().map(Job::id).collect(Collectors.toCollection(HashSet::new));
    }

    private static ProblemException broken(RowSource.BrokenFileException failure) {
        String what = switch (failure.reason()) {
            case NOT_UTF_8 -> "is not UTF-8";
            case NOT_CSV -> "is not CSV";
            case NOT_LED -> "is no well-formed RegistreerBewijs, or has what is not read";
            case NO_HEADER -> "lacks its header row";
            case HEADER_TOO_LONG -> "has a header row or context that is too long";
            case TOO_LONG ->
                "has a name, value, comment or white space that is too long, or elements too deep in each other";
        };
        String where = "row " + failure.row();
        return ProblemException.of(
                ProblemCode.MALFORMED,
                "The file " + what + ", from about " + where + " on (0 is the header). Nothing of it was kept.",
                List.of(new Problem.Place("row/" + failure.row(), ProblemCode.MALFORMED.name(), what)));
    }
}
