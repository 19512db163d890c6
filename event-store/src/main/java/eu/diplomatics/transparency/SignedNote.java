package eu.diplomatics.transparency;

import eu.diplomatics.transparency.NoteException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A text and its signatures (<a href="https://c2sp.org/signed-note">c2sp.org/signed-note</a>): the text, an empty line,
 * and a line for each signature. Not to be believed before {@link #verify}. Parsing is strict: what is taken encodes to
 * the same bytes again.
 */
public final class SignedNote {
    /** Room for sixteen post-quantum signatures and more. */
    public static final int MAX_BYTES = 256 * 1024;

    public static final int MAX_SIGNATURES = 100;

    private final String text;
    private final List<NoteSignature> signatures;

    private SignedNote(String text, List<NoteSignature> signatures) {
        this.text = text;
        this.signatures = List.copyOf(signatures);
    }

    /**
     * Signs a text.
     *
     * @param text whole lines, without control characters
     * @throws NoteException when the text can be none of a note
     */
    public static SignedNote sign(String text, NoteSigner signer) {
        checkCharacters(text);
        if (!text.endsWith("\n")) {
            throw new NoteException(Reason.NOTE_FORMAT);
        }
        return new SignedNote(text, List.of(signer.sign(text)));
    }

    /** The same note with one more signature, behind those that are there; they are not verified by this. */
    public SignedNote cosign(NoteSigner signer) {
        List<NoteSignature> more = new ArrayList<>(signatures);
        more.add(signer.sign(text));
        return new SignedNote(text, more);
    }

    /**
     * Reads a note.
     *
     * @throws NoteException when it is none
     */
    public static SignedNote parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new NoteException(Reason.TOO_LARGE);
        }
        String note;
        try {
            note = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new NoteException(Reason.CHARACTERS);
        }
        checkCharacters(note);
        int end = note.lastIndexOf("\n\n");
        if (end < 0 || !note.endsWith("\n") || end + 2 == note.length()) {
            throw new NoteException(Reason.NOTE_FORMAT);
        }
        String[] lines = note.substring(end + 2, note.length() - 1).split("\n", -1);
        if (lines.length > MAX_SIGNATURES) {
            throw new NoteException(Reason.TOO_LARGE);
        }
        List<NoteSignature> signatures = new ArrayList<>();
        for (String line : lines) {
            signatures.add(NoteSignature.parse(line));
        }
        return new SignedNote(note.substring(0, end + 1), signatures);
    }

    /** The bytes that {@link #parse} reads. */
    public byte[] toBytes() {
        StringBuilder note = new StringBuilder(text).append('\n');
        signatures.forEach(signature -> note.append(signature.line()));
        return note.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The note with its first signature only, which is how a log publishes it before any witness has cosigned. */
    public byte[] firstSignedBytes() {
        return new SignedNote(text, signatures.subList(0, 1)).toBytes();
    }

    /**
     * Verifies the signatures of these keys. Signatures of other keys are left aside, as the format asks; a key that
     * signed twice counts once, with its first signature.
     *
     * @return those that verified, perhaps none: whether they are enough the caller decides
     * @throws NoteException of {@link Reason#SIGNATURE_INVALID} when one under a key given here does not verify
     */
    public List<VerifiedSignature> verify(Collection<VerifierKey> keys) {
        List<VerifiedSignature> verified = new ArrayList<>();
        for (VerifierKey key : keys) {
            List<VerifiedSignature> own = signatures.stream()
                    .filter(key::isNamedBy)
                    .map(signature -> key.verify(text, signature.signature())
                            .orElseThrow(() -> new NoteException(Reason.SIGNATURE_INVALID, key.name())))
                    .toList();
            own.stream().findFirst().ifPresent(verified::add);
        }
        return verified;
    }

    /** The text, with the end of its last line. */
    public String text() {
        return text;
    }

    public List<NoteSignature> signatures() {
        return signatures;
    }

    private static void checkCharacters(String text) {
        if (text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new NoteException(Reason.CHARACTERS);
        }
    }
}
