package eu.diplomatics.custodian;

import eu.diplomatics.custodian.TokenException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PKCS #11 library, for what the JDK's provider cannot do: find a token by its label, ask whether it is there, and
 * start the library anew, without which a token that went and came back stays gone. Uses no key. Layouts are those of
 * 64-bit Unix.
 */
final class Pkcs11Library implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pkcs11Library.class);
    /** Starting it anew ends everybody's sessions, so that it has one user in a process. */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private static final long NOT_INITIALISED = 0x190;
    private static final int MOST_SLOTS = 1_024;
    private static final long WORD = ValueLayout.JAVA_LONG.byteSize();

    // CK_FUNCTION_LIST: a version, padded to a word, then pointers in this order
    private static final int INITIALIZE = 0;
    private static final int FINALIZE = 1;
    private static final int GET_SLOT_LIST = 4;
    private static final int GET_TOKEN_INFO = 6;
    private static final int FUNCTIONS = 20;

    // CK_C_INITIALIZE_ARGS: four pointers, flags, a pointer
    private static final long INITIALIZE_ARGS_BYTES = 6 * WORD;
    private static final long INITIALIZE_FLAGS_AT = 4 * WORD;
    private static final long OS_LOCKING = 2;

    // CK_TOKEN_INFO
    private static final long TOKEN_INFO_BYTES = 256;
    private static final int NAME_BYTES = 32;
    private static final int MANUFACTURER_AT = 32;
    private static final long FLAGS_AT = 96;

    private final Path path;
    private final MemorySegment functions;
    private final MethodHandle initialize;
    private final MethodHandle finish;
    private final MethodHandle slotList;
    private final MethodHandle tokenInfo;

    /** A token where it stands now. */
    record Slot(long id, String label, String manufacturer, long flags) {
        private static final long LOGIN_REQUIRED = 0x4;
        private static final long INITIALISED = 0x400;
        private static final long FINAL_TRY = 0x2_0000;
        private static final long LOCKED = 0x4_0000;

        boolean initialised() {
            return (flags & INITIALISED) != 0;
        }

        boolean loginRequired() {
            return (flags & LOGIN_REQUIRED) != 0;
        }

        /** One more wrong PIN, and only the security officer opens it; or it is so already. */
        boolean lockedOrAlmost() {
            return (flags & (FINAL_TRY | LOCKED)) != 0;
        }

        /** Nobody calls a token hardware that calls itself software. */
        void checkDeclared(boolean hardware) {
            if (hardware && manufacturer.startsWith("SoftHSM")) {
                throw new ConfigurationException(
                        "token.hardware is true, and token " + label + " is made by " + manufacturer,
                        "set token.hardware to false: this is software");
            }
        }
    }

    private Pkcs11Library(Path path, MemorySegment functions) {
        this.path = path;
        this.functions = functions;
        this.initialize = function(INITIALIZE, ValueLayout.ADDRESS);
        this.finish = function(FINALIZE, ValueLayout.ADDRESS);
        this.slotList = function(GET_SLOT_LIST, ValueLayout.JAVA_BYTE, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        this.tokenInfo = function(GET_TOKEN_INFO, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
    }

    static Pkcs11Library load(Path path) {
        if (!IN_USE.add(path)) {
            throw new TokenException(Reason.IN_USE, "library " + path + " is in use in this process");
        }
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(path, Arena.global());
            MethodHandle getFunctions = Linker.nativeLinker()
                    .downcallHandle(
                            symbols.findOrThrow("C_GetFunctionList"),
                            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
                expectOk("C_GetFunctionList", call(getFunctions, pointer));
                MemorySegment functions = pointer.get(ValueLayout.ADDRESS, 0).reinterpret(WORD * (1 + FUNCTIONS));
                return new Pkcs11Library(path, functions);
            }
        } catch (RuntimeException e) {
            IN_USE.remove(path);
            if (e instanceof TokenException known) {
                throw known;
            }
            throw new TokenException(Reason.MISSING, "there is no PKCS #11 library " + path, e);
        }
    }

    /** Starts it, ending all sessions if it ran: only now does it look again at which tokens there are. */
    void restart() {
        long ended = call(finish, MemorySegment.NULL);
        if (ended != 0 && ended != NOT_INITIALISED) {
            LOG.warn("library {} ended with {}", path, Long.toHexString(ended));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(INITIALIZE_ARGS_BYTES, WORD);
            arguments.set(ValueLayout.JAVA_LONG, INITIALIZE_FLAGS_AT, OS_LOCKING);
            expectOk("C_Initialize", call(initialize, arguments));
        }
    }

    /** The one token of this label, wherever its slot stands today: slots change their places. */
    Slot find(String label) {
        List<Slot> found =
                all().stream().filter(slot -> slot.label().equals(label)).toList();
        if (found.size() != 1) {
            throw new TokenException(
                    Reason.MISSING,
                    (found.isEmpty() ? "there is no token labelled " : "there are several tokens labelled ") + label);
        }
        return found.getFirst();
    }

    /** Every slot with a token in it, in the order of the library. */
    List<Slot> all() {
        List<Slot> all = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment slots = arena.allocate(ValueLayout.JAVA_LONG, MOST_SLOTS);
            count.set(ValueLayout.JAVA_LONG, 0, MOST_SLOTS);
            expectOk("C_GetSlotList", call(slotList, (byte) 1, slots, count));
            MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, WORD);
            for (int i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
                long id = slots.getAtIndex(ValueLayout.JAVA_LONG, i);
                if (call(tokenInfo, id, info) == 0) {
                    all.add(new Slot(
                            id, text(info, 0), text(info, MANUFACTURER_AT), info.get(ValueLayout.JAVA_LONG, FLAGS_AT)));
                }
            }
        }
        return all;
    }

    boolean isThere(Slot slot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, WORD);
            return call(tokenInfo, slot.id(), info) == 0 && text(info, 0).equals(slot.label());
        }
    }

    @Override
    public void close() {
        call(finish, MemorySegment.NULL);
        IN_USE.remove(path);
    }

    /** A function by its place in the standard's list. */
    MethodHandle function(int index, MemoryLayout... parameters) {
        return Linker.nativeLinker()
                .downcallHandle(
                        functions.get(ValueLayout.ADDRESS, WORD * (1 + index)),
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters));
    }

    static long call(MethodHandle function, Object... arguments) {
        try {
            return (long) function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void expectOk(String function, long answer) {
        if (answer != 0) {
            throw new TokenException(
                    Reason.UNAVAILABLE, "the token's library answers " + Long.toHexString(answer) + " to " + function);
        }
    }

    private static String text(MemorySegment info, int from) {
        byte[] padded = info.asSlice(from, NAME_BYTES).toArray(ValueLayout.JAVA_BYTE);
        return new String(padded, StandardCharsets.UTF_8).stripTrailing();
    }
}
