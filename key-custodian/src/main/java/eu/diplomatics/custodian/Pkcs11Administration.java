package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Pkcs11Library.Slot;
import eu.diplomatics.custodian.TokenException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** What a security officer does to a token before it has keys; the maker's tool does the same. */
final class Pkcs11Administration {
    // places in CK_FUNCTION_LIST
    private static final int INIT_TOKEN = 9;
    private static final int INIT_PIN = 10;
    private static final int OPEN_SESSION = 12;
    private static final int CLOSE_SESSION = 13;
    private static final int LOGIN = 18;

    private static final long READ_AND_WRITE = 0x6;
    private static final long SECURITY_OFFICER = 0;
    private static final int LABEL_BYTES = 32;

    private Pkcs11Administration() {}

    /** Gives the one slot without a token, or the first of them, a token with this label and PIN. */
    static void initialise(Path path, String label, char[] officerPin, char[] pin) {
        byte[] name = label.getBytes(StandardCharsets.UTF_8);
        if (name.length > LABEL_BYTES) {
            throw new ConfigurationException("token.label is longer than " + LABEL_BYTES + " bytes", "shorten it");
        }
        try (Pkcs11Library library = Pkcs11Library.load(path);
                Arena arena = Arena.ofConfined()) {
            library.restart();
            if (library.all().stream().anyMatch(slot -> slot.label().equals(label))) {
                throw new TokenException(
                        Reason.IN_USE, "there is a token labelled " + label + " already, which is left as it is");
            }
            Slot empty = library.all().stream()
                    .filter(slot -> !slot.initialised())
                    .findFirst()
                    .orElseThrow(() -> new TokenException(Reason.MISSING, "there is no token without a label"));
            MemorySegment officer = secret(arena, officerPin);
            MemorySegment user = secret(arena, pin);
            try {
                MemorySegment padded = arena.allocate(LABEL_BYTES);
                padded.fill((byte) ' ');
                MemorySegment.copy(name, 0, padded, ValueLayout.JAVA_BYTE, 0, name.length);
                initialise(library, arena, empty.id(), padded, officer, user);
            } finally {
                officer.fill((byte) 0);
                user.fill((byte) 0);
            }
        }
    }

    private static void initialise(
            Pkcs11Library library,
            Arena arena,
            long slot,
            MemorySegment label,
            MemorySegment officer,
            MemorySegment user) {
        var word = ValueLayout.JAVA_LONG;
        var pointer = ValueLayout.ADDRESS;
        Pkcs11Library.expectOk(
                "C_InitToken",
                Pkcs11Library.call(
                        library.function(INIT_TOKEN, word, pointer, word, pointer),
                        slot,
                        officer,
                        officer.byteSize(),
                        label));
        MemorySegment session = arena.allocate(word);
        Pkcs11Library.expectOk(
                "C_OpenSession",
                Pkcs11Library.call(
                        library.function(OPEN_SESSION, word, word, pointer, pointer, pointer),
                        slot,
                        READ_AND_WRITE,
                        MemorySegment.NULL,
                        MemorySegment.NULL,
                        session));
        long handle = session.get(word, 0);
        Pkcs11Library.expectOk(
                "C_Login",
                Pkcs11Library.call(
                        library.function(LOGIN, word, word, pointer, word),
                        handle,
                        SECURITY_OFFICER,
                        officer,
                        officer.byteSize()));
        Pkcs11Library.expectOk(
                "C_InitPIN",
                Pkcs11Library.call(library.function(INIT_PIN, word, pointer, word), handle, user, user.byteSize()));
        Pkcs11Library.expectOk("C_CloseSession", Pkcs11Library.call(library.function(CLOSE_SESSION, word), handle));
    }

    private static MemorySegment secret(Arena arena, char[] pin) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(pin));
        MemorySegment segment = arena.allocate(encoded.remaining());
        segment.copyFrom(MemorySegment.ofBuffer(encoded));
        Arrays.fill(encoded.array(), (byte) 0);
        return segment;
    }
}
