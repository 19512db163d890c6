package eu.diplomatics.transparency;

import eu.diplomatics.transparency.NoteException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A signature line of a note, not verified: {@code — <name> base64(key id (4) ‖ signature)}. */
public final class NoteSignature {
    private static final String DASH = "\u2014 ";

    private final String name;
    private final int keyId;
    private final byte[] signature;

    NoteSignature(String name, int keyId, byte[] signature) {
        this.name = name;
        this.keyId = keyId;
        this.signature = signature;
    }

    /** Reads a line without its end. */
    static NoteSignature parse(String line) {
        String[] parts = line.startsWith(DASH) ? line.substring(DASH.length()).split(" ", -1) : new String[0];
        byte[] bytes = parts.length == 2 && VerifierKey.isName(parts[0])
                ? Base64Text.decode(parts[1]).orElse(new byte[0])
                : new byte[0];
        if (bytes.length <= Integer.BYTES) {
            throw new NoteException(Reason.SIGNATURE_LINE);
        }
        return new NoteSignature(
                parts[0], ByteBuffer.wrap(bytes).getInt(), Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length));
    }

    String line() {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES + signature.length)
                .putInt(keyId)
                .put(signature)
                .array();
        return DASH + name + " " + Base64Text.encode(bytes) + "\n";
    }

    public String name() {
        return name;
    }

    public int keyId() {
        return keyId;
    }

    byte[] signature() {
        return signature;
    }
}
