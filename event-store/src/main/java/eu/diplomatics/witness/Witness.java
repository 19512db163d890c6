package eu.diplomatics.witness;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.Checkpoint;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cosigns a checkpoint when the log did nothing but grow since the last one it cosigned
 * (<a href="https://c2sp.org/tlog-witness">c2sp.org/tlog-witness</a>). What it saw is durable before it answers, so it
 * never cosigns two trees of which neither begins with the other, whatever happens to it. Thread-safe.
 */
public final class Witness implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

    private final WitnessDirectory directory;
    private final SecretBytes seed;
    private final NoteSigner signer;
    private final Map<String, Seen> logs = new HashMap<>();

    private record Seen(List<VerifierKey> keys, TreeHead head) {}

    /** What {@code add-checkpoint} answers; statuses and bodies as the specification says. */
    public record Answer(int status, String contentType, String body) {
        private static final String TEXT = "text/plain; charset=utf-8";

        static Answer refused(int status, String why) {
            return new Answer(status, TEXT, why + "\n");
        }

        static Answer cosigned(String line) {
            return new Answer(200, TEXT, line);
        }

        static Answer conflict(long size) {
            return new Answer(409, "text/x.tlog.size", size + "\n");
        }
    }

    /**
     * Opens the witness that lives in a directory.
     *
     * @throws WitnessException when there is none, or what it cosigned last cannot be read
     */
    public static Witness open(WitnessDirectory directory, InstantSource clock) throws IOException {
        String name = directory.name();
        SecretBytes seed = directory.seed();
        try {
            return new Witness(directory, name, seed, clock);
        } catch (IOException | RuntimeException e) {
            seed.close();
            throw e;
        }
    }

    private Witness(WitnessDirectory directory, String name, SecretBytes seed, InstantSource clock) throws IOException {
        this.directory = directory;
        this.seed = seed;
        this.signer = NoteSigner.witness(name, seed, clock);
        for (WitnessDirectory.Watched log : directory.logs()) {
            logs.put(log.origin(), seen(log));
        }
    }

    private static Seen seen(WitnessDirectory.Watched log) {
        try {
            TreeHead head = log.last().length == 0
                    ? TreeHead.EMPTY
                    : verify(log.keys(), log.last()).head();
            return new Seen(log.keys(), head);
        } catch (NoteException e) {
            throw new WitnessException(
                    "what was cosigned last of " + log.origin() + " cannot be read: " + e.reason(),
                    "restore the file from a copy; without it this witness could cosign another log");
        }
    }

    /** One that is watched since this witness was opened, such as a new incarnation, is found in the directory. */
    private @Nullable Seen watched(String origin) throws IOException {
        Seen known = logs.get(origin);
        if (known == null) {
            Optional<Seen> read = directory.log(origin).map(Witness::seen);
            read.ifPresent(seen -> logs.put(origin, seen));
            known = read.orElse(null);
        }
        return known;
    }

    /** With what the cosignatures of this witness are verified. */
    public VerifierKey key() {
        return signer.verifierKey();
    }

    /** Answers a request of {@code POST add-checkpoint}. */
    public Answer addCheckpoint(byte[] body) throws IOException {
        Optional<Request> read = Request.read(body);
        if (read.isEmpty()) {
            return Answer.refused(400, "not a request as c2sp.org/tlog-witness has it");
        }
        Request request = read.get();
        SignedNote note;
        Checkpoint claimed;
        try {
            note = SignedNote.parse(request.note());
            claimed = Checkpoint.parse(note.text());
        } catch (NoteException e) {
            return Answer.refused(400, "no checkpoint: " + e.reason());
        }
        // check and save belong together, or a smaller tree could be cosigned after a larger one
        synchronized (this) {
            Seen seen = watched(claimed.origin());
            if (seen == null) {
                return Answer.refused(404, "this log is not watched here");
            }
            try {
                verify(seen.keys(), request.note());
            } catch (NoteException e) {
                // the controller may have told the witness a further key since it was started
                List<VerifierKey> keys = directory.keys(claimed.origin());
                if (keys.equals(seen.keys())) {
                    return Answer.refused(403, "not signed by the log: " + e.reason());
                }
                logs.put(claimed.origin(), new Seen(keys, seen.head()));
                return addCheckpoint(body);
            }
            return decide(seen, request, claimed, note);
        }
    }

    private Answer decide(Seen seen, Request request, Checkpoint checkpoint, SignedNote note) throws IOException {
        TreeHead head = checkpoint.head();
        if (request.oldSize() > head.size()) {
            return Answer.refused(400, "the old size is larger than the checkpoint's");
        }
        if (request.oldSize() != seen.head().size()) {
            if (head.size() < seen.head().size()) {
                LOG.error(
                        "ALARM WITNESS_ROLLBACK: {} shows size {} after {}",
                        checkpoint.origin(),
                        head.size(),
                        seen.head().size());
            }
            return Answer.conflict(seen.head().size());
        }
        if (request.oldSize() == head.size() && !head.equals(seen.head())) {
            alarm(checkpoint, request, "another root of the same size");
            return Answer.conflict(seen.head().size());
        }
        boolean grown = request.oldSize() == 0 || head.equals(seen.head())
                ? request.proof().isEmpty()
                : Proofs.consistent(seen.head(), head, request.proof());
        if (!grown) {
            alarm(checkpoint, request, "no proof that it begins with the tree of size " + request.oldSize());
            return Answer.refused(422, "the consistency proof does not verify");
        }
        byte[] logSigned = note.toBytes();
        List<VerifierKey> keys = directory.cosigned(checkpoint.origin(), logSigned);
        logs.put(checkpoint.origin(), new Seen(keys, head));
        byte[] cosigned = note.cosign(signer).toBytes();
        return Answer.cosigned(
                new String(Arrays.copyOfRange(cosigned, logSigned.length, cosigned.length), StandardCharsets.UTF_8));
    }

    private void alarm(Checkpoint checkpoint, Request request, String what) throws IOException {
        LOG.error(
                "ALARM WITNESS_FORK: {} size {}: {}",
                checkpoint.origin(),
                checkpoint.head().size(),
                what);
        directory.keepEvidence(request.note());
    }

    private static CheckpointVerifier.Verified verify(List<VerifierKey> log, byte[] note) {
        return new CheckpointVerifier(log, List.of(), 0).verify(note);
    }

    @Override
    public void close() {
        seed.close();
    }

    /** The body of a request: {@code old SIZE}, hashes of the proof, an empty line, the checkpoint. */
    record Request(long oldSize, List<TreeHash> proof, byte[] note) {
        static final int MAX_BYTES = 64 * 1024;
        private static final int MAX_PROOF = 63;
        private static final String OLD = "old ";

        static Optional<Request> read(byte[] body) {
            String text = new String(body, StandardCharsets.UTF_8);
            int end = text.indexOf("\n\n");
            if (body.length > MAX_BYTES || end < 0) {
                return Optional.empty();
            }
            String[] lines = text.substring(0, end).split("\n", -1);
            if (!lines[0].matches("old (0|[1-9][0-9]{0,17})") || lines.length - 1 > MAX_PROOF) {
                return Optional.empty();
            }
            List<Optional<TreeHash>> hashes =
                    Arrays.stream(lines).skip(1).map(TreeHash::ofBase64).toList();
            if (hashes.stream().anyMatch(Optional::isEmpty)) {
                return Optional.empty();
            }
            return Optional.of(new Request(
                    Long.parseLong(lines[0].substring(OLD.length())),
                    hashes.stream().flatMap(Optional::stream).toList(),
                    text.substring(end + 2).getBytes(StandardCharsets.UTF_8)));
        }

        byte[] toBytes() {
            StringBuilder text = new StringBuilder(OLD + oldSize + "\n");
            proof.forEach(hash -> text.append(hash.base64()).append('\n'));
            text.append('\n').append(new String(note, StandardCharsets.UTF_8));
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
