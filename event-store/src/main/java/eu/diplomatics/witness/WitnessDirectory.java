package eu.diplomatics.witness;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.receipt.SeedFile;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a witness keeps: its key and name, and for each log it watches the log's keys and the last checkpoint it cosigned.
 * A log whose file is gone is not watched any more: a witness that forgot would cosign another log in its place.
 */
public final class WitnessDirectory {
    private static final String KEY = "witness.key";
    private static final String NAME = "witness.name";
    private static final String LOG = ".log";
    private static final String ASIDE = ".writing-";
    private static final String LOCK = ".lock";

    private final Path directory;

    public WitnessDirectory(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /**
     * A log that is watched.
     *
     * @param keys under one name; the newest last
     * @param last the last checkpoint that was cosigned, as the log signed it; empty before the first
     */
    record Watched(List<VerifierKey> keys, byte[] last) {
        String origin() {
            return keys.getFirst().name();
        }
    }

    /** Whether a witness lives here. */
    public boolean exists() {
        return Files.exists(directory.resolve(NAME));
    }

    /**
     * Makes a key, readable by its owner only.
     *
     * @param name of the witness in its cosignatures
     * @throws WitnessException when there is a witness already, or the name can be none
     */
    public VerifierKey init(String name) throws IOException {
        if (exists()) {
            throw new WitnessException(
                    "there is a witness in " + directory, "a new one gets a directory and a name of its own");
        }
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // an attempt that was cut short has told nobody its key
        Files.deleteIfExists(directory.resolve(KEY));
        try (SecretBytes seed = SeedFile.create(directory.resolve(KEY))) {
            VerifierKey key =
                    NoteSigner.witness(name, seed, InstantSource.system()).verifierKey();
            write(directory.resolve(NAME), (name + "\n").getBytes(StandardCharsets.UTF_8));
            return key;
        } catch (NoteException e) {
            throw new WitnessException(
                    "a witness cannot be named so", "take a name without spaces and plus signs, like a host name");
        }
    }

    /** The witness's name. */
    String name() throws IOException {
        if (!exists()) {
            throw new WitnessException("there is no witness in " + directory, "init makes one");
        }
        return Files.readString(directory.resolve(NAME)).strip();
    }

    /** The private key; the caller closes it. */
    SecretBytes seed() throws IOException {
        return SeedFile.read(directory.resolve(KEY));
    }

    /** With what this witness's cosignatures are verified. */
    public VerifierKey key() throws IOException {
        String name = name();
        try (SecretBytes seed = seed()) {
            return NoteSigner.witness(name, seed, InstantSource.system()).verifierKey();
        }
    }

    /** Watches a log from now on; of one that is watched already a further key is known from now on. */
    public void watch(VerifierKey log) throws IOException {
        Path file = file(log.name());
        alone(() -> {
            Watched before = Files.exists(file) ? read(file) : new Watched(List.of(), new byte[0]);
            if (!before.keys().contains(log)) {
                List<VerifierKey> keys = new ArrayList<>(before.keys());
                keys.add(log);
                save(file, new Watched(keys, before.last()));
            }
            return keys(log.name());
        });
    }

    /**
     * Keeps what was cosigned last of a log, durable when this returns.
     *
     * @return the log's keys; those that a command added meanwhile too
     */
    List<VerifierKey> cosigned(String origin, byte[] logSigned) throws IOException {
        return alone(() -> {
            List<VerifierKey> keys = keys(origin);
            save(file(origin), new Watched(keys, logSigned));
            return keys;
        });
    }

    private interface Change {
        List<VerifierKey> make() throws IOException;
    }

    /** No other thread and no other process changes the directory meanwhile. */
    private List<VerifierKey> alone(Change change) throws IOException {
        synchronized (WitnessDirectory.class) {
            try (FileChannel lock = FileChannel.open(directory.resolve(LOCK), CREATE, WRITE);
                    FileLock held = lock.lock()) {
                if (!held.isValid()) {
                    throw new IOException("no lock on " + directory);
                }
                return change.make();
            }
        }
    }

    /** The keys of the logs that are watched. */
    public List<VerifierKey> watched() throws IOException {
        return logs().stream().flatMap(log -> log.keys().stream()).toList();
    }

    /** The last checkpoint of a log that was cosigned, as the log signed it; empty before the first. */
    public Optional<byte[]> lastSigned(String origin) throws IOException {
        return log(origin).map(Watched::last).filter(note -> note.length > 0);
    }

    /** The keys of one log, as they are known by now. */
    List<VerifierKey> keys(String origin) throws IOException {
        return read(file(origin)).keys();
    }

    List<Watched> logs() throws IOException {
        List<Watched> logs = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> found = Files.list(directory)) {
            files = found.filter(file -> file.toString().endsWith(LOG)).sorted().toList();
        }
        for (Path file : files) {
            logs.add(read(file));
        }
        return logs;
    }

    /** A log that is watched, by its origin. */
    Optional<Watched> log(String origin) throws IOException {
        Path file = file(origin);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /** Lines with a plus are keys: neither a log's name, with which a checkpoint begins, nor an empty file has one. */
    private static Watched read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<VerifierKey> keys = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            if (!line.contains("+")) {
                break;
            }
            keys.add(VerifierKey.parse(line));
            at = Math.min(end + 1, bytes.length);
        }
        if (keys.isEmpty()) {
            throw new WitnessException("no key of a log in " + file, "restore the file from a copy");
        }
        return new Watched(keys, Arrays.copyOfRange(bytes, at, bytes.length));
    }

    private void save(Path to, Watched log) throws IOException {
        StringBuilder lines = new StringBuilder();
        log.keys().forEach(key -> lines.append(key.text()).append('\n'));
        byte[] keys = lines.toString().getBytes(StandardCharsets.UTF_8);
        byte[] file = Arrays.copyOf(keys, keys.length + log.last().length);
        System.arraycopy(log.last(), 0, file, keys.length, log.last().length);
        write(to, file);
    }

    /** Keeps a checkpoint that contradicts another one: the log signed both, and cannot say that it did not. */
    void keepEvidence(byte[] note) throws IOException {
        Path evidence = directory.resolve("evidence-" + TreeHash.digest(note) + ".note");
        if (!Files.exists(evidence)) {
            write(evidence, note);
        }
    }

    /** Keeps a declaration that was cosigned. */
    void keepResumption(byte[] note) throws IOException {
        write(directory.resolve("resumed-" + TreeHash.digest(note) + ".note"), note);
    }

    private Path file(String origin) {
        return directory.resolve(TreeHash.digest(origin.getBytes(StandardCharsets.UTF_8)) + LOG);
    }

    private void write(Path file, byte[] bytes) throws IOException {
        // the one that serves and the one that takes a command each have their own
        Path aside = directory.resolve(ASIDE + ProcessHandle.current().pid());
        try (FileChannel channel = FileChannel.open(aside, CREATE, TRUNCATE_EXISTING, WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }
}
