package eu.diplomatics.transparency;

import eu.diplomatics.transparency.NoteException.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The text of a checkpoint (<a href="https://c2sp.org/tlog-checkpoint">c2sp.org/tlog-checkpoint</a>): origin, size and
 * root, each a line, and perhaps further lines. By itself it is a claim; {@link CheckpointVerifier} says whether it is
 * signed.
 *
 * @param origin which log it is
 * @param extensions further lines, which we never write and do not interpret; signatures cover them
 */
public record Checkpoint(String origin, TreeHead head, List<String> extensions) {
    private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,18}");

    /** @throws NoteException of {@link Reason#CHECKPOINT_FORMAT} when a line is empty or has control characters */
    public Checkpoint {
        extensions = List.copyOf(extensions);
        checkLine(origin);
        extensions.forEach(Checkpoint::checkLine);
    }

    public Checkpoint(String origin, TreeHead head) {
        this(origin, head, List.of());
    }

    /**
     * Reads the text of a note.
     *
     * @throws NoteException of {@link Reason#CHECKPOINT_FORMAT} when it is no checkpoint in its one form
     */
    public static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        // behind the last end of line stands nothing
        if (lines.length < 4 || !lines[lines.length - 1].isEmpty()) {
            throw new NoteException(Reason.CHECKPOINT_FORMAT, "not three lines");
        }
        return new Checkpoint(
                lines[0], head(lines[1], lines[2]), Arrays.asList(lines).subList(3, lines.length - 1));
    }

    private static TreeHead head(String size, String root) {
        if (!SIZE.matcher(size).matches()) {
            throw new NoteException(Reason.CHECKPOINT_FORMAT, "size");
        }
        Optional<byte[]> hash = Base64Text.decode(root).filter(bytes -> bytes.length == TreeHash.BYTES);
        if (hash.isEmpty()) {
            throw new NoteException(Reason.CHECKPOINT_FORMAT, "root");
        }
        try {
            return new TreeHead(Long.parseLong(size), TreeHash.of(hash.get()));
        } catch (IllegalArgumentException e) {
            throw new NoteException(Reason.CHECKPOINT_FORMAT, "size and root");
        }
    }

    /** The text that {@link #parse} reads and signatures cover. */
    public String text() {
        StringBuilder text = new StringBuilder(
                origin + "\n" + head.size() + "\n" + head.root().base64() + "\n");
        extensions.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /**
     * Signs this checkpoint as its log.
     *
     * @throws NoteException of {@link Reason#ORIGIN} when the signer is another log
     */
    public SignedNote sign(NoteSigner log) {
        if (!log.verifierKey().name().equals(origin)) {
            throw new NoteException(Reason.ORIGIN);
        }
        return SignedNote.sign(text(), log);
    }

    private static void checkLine(String line) {
        if (line.isEmpty() || line.chars().anyMatch(c -> c < ' ')) {
            throw new NoteException(Reason.CHECKPOINT_FORMAT, "line");
        }
    }
}
