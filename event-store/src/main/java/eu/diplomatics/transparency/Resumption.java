package eu.diplomatics.transparency;

import eu.diplomatics.transparency.NoteException.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The declaration that a log which lost events goes on in a new incarnation. The log signs it under the old key and the
 * controller's witness cosigns it; by itself it is a claim.
 *
 * @param from the key of the incarnation that ends, named as its origin
 * @param kept the last head signed there with which the log still agrees: up to here nothing is lost
 * @param signed the last head signed there
 * @param to the key of the incarnation that begins
 * @param highestKnown the highest position anybody knew of; what begins is numbered behind it
 * @param declaredAt to the second
 */
public record Resumption(
        VerifierKey from,
        TreeHead kept,
        TreeHead signed,
        VerifierKey to,
        long highestKnown,
        String reasonCode,
        Instant declaredAt) {
    private static final String FIRST_LINE = "diplomatics.eu/log-resumption/v1";
    private static final int LINES = 8;
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");

    /** @throws NoteException of {@link Reason#NOTE_FORMAT} when these are not those of a loss */
    public Resumption {
        if (kept.size() > signed.size()
                || signed.size() > highestKnown
                || from.name().equals(to.name())
                || !CODE.matcher(reasonCode).matches()
                || declaredAt.getNano() != 0) {
            throw new NoteException(Reason.NOTE_FORMAT, "no resumption");
        }
    }

    /**
     * Reads the text of a note.
     *
     * @throws NoteException when it is no resumption in its one form
     */
    public static Resumption parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != LINES + 1 || !lines[0].equals(FIRST_LINE) || !lines[LINES].isEmpty()) {
            throw new NoteException(Reason.NOTE_FORMAT, "no resumption");
        }
        Instant declaredAt;
        try {
            declaredAt = Instant.parse(lines[7]);
        } catch (DateTimeException e) {
            throw new NoteException(Reason.NOTE_FORMAT, "time");
        }
        Resumption read = new Resumption(
                VerifierKey.parse(lines[1]),
                head(lines[2]),
                head(lines[3]),
                VerifierKey.parse(lines[4]),
                number(lines[5]),
                lines[6],
                declaredAt);
        if (!read.text().equals(text)) {
            throw new NoteException(Reason.NOTE_FORMAT, "not in its one form");
        }
        return read;
    }

    /**
     * Reads a declaration and verifies that the old log made it and that enough witnesses saw it.
     *
     * @throws NoteException with the reason why it is not to be believed
     */
    public static Resumption verify(byte[] note, Collection<VerifierKey> witnesses, int quorum) {
        SignedNote signed = SignedNote.parse(note);
        Resumption read = parse(signed.text());
        if (signed.verify(List.of(read.from())).isEmpty()) {
            throw new NoteException(Reason.LOG_SIGNATURE_MISSING);
        }
        int cosignatures = signed.verify(witnesses).size();
        if (cosignatures < quorum) {
            throw new NoteException(Reason.WITNESSES_MISSING, cosignatures + " of " + quorum);
        }
        return read;
    }

    /** As the other, of the incarnation with one of these keys; another's is refused with {@link Reason#ORIGIN}. */
    public static Resumption verify(
            byte[] note, Collection<VerifierKey> from, Collection<VerifierKey> witnesses, int quorum) {
        Resumption read = verify(note, witnesses, quorum);
        if (!from.contains(read.from())) {
            throw new NoteException(Reason.ORIGIN);
        }
        return read;
    }

    /** The text that {@link #parse} reads and signatures cover. */
    public String text() {
        return String.join(
                "\n",
                FIRST_LINE,
                from.text(),
                line(kept),
                line(signed),
                to.text(),
                Long.toString(highestKnown),
                reasonCode,
                declaredAt.toString(),
                "");
    }

    private static String line(TreeHead head) {
        return head.size() + " " + head.root().base64();
    }

    private static TreeHead head(String line) {
        String[] parts = line.split(" ", -1);
        Optional<TreeHash> root = parts.length == 2 ? TreeHash.ofBase64(parts[1]) : Optional.empty();
        if (root.isEmpty()) {
            throw new NoteException(Reason.NOTE_FORMAT, "head");
        }
        try {
            return new TreeHead(number(parts[0]), root.get());
        } catch (IllegalArgumentException e) {
            throw new NoteException(Reason.NOTE_FORMAT, "head");
        }
    }

    private static long number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new NoteException(Reason.NOTE_FORMAT, "number");
        }
        return Long.parseLong(text);
    }
}
