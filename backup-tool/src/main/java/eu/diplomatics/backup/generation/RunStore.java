package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The last run of each operation, signed, beside the generations ({@code runs/OPERATION.json}), and the copies of all that is
 * signed about them that whoever watches reads.
 */
public final class RunStore {
    private static final String DRILLS = "drills.json";
    private static final int MOST_BYTES = 4 << 20;

    private final Place place;
    private final ManifestKeys keys;

    public RunStore(GenerationStore store) {
        this.place = store.place();
        this.keys = store.keys();
    }

    private static String name(String operation) {
        return "runs/" + operation + ".json";
    }

    /** In the place of the one before it. */
    public void keep(Run run) throws IOException {
        place.replace(
                name(run.operation()),
                keys.sign(Run.TYPE, SignedText.canonical(run)).bytes());
    }

    /** Those that are believed, by the name of the operation. */
    public List<Run> all() throws IOException {
        List<Run> runs = new ArrayList<>();
        for (String operation : Run.OPERATIONS.stream().sorted().toList()) {
            Optional<byte[]> stored = read(name(operation));
            if (stored.isPresent()) {
                Run run = keys.check(Run.TYPE, stored.get()).read(Run.TYPE, Run.class);
                if (!run.operation().equals(operation)) {
                    throw new UntrustedException(
                            "a run of " + run.operation() + " in the place of one of " + operation);
                }
                runs.add(run);
            }
        }
        return runs;
    }

    /**
     * Copies what is signed, as it is, into a folder that others may read: each file as a whole, those that are not there
     * not at all. What was copied before and cannot be read now stays, and grows old.
     *
     * @throws UntrustedException when one is not signed by a key that is believed: that one is not copied, nor those after it
     */
    public void copyTo(Path folder) throws IOException {
        copy(GenerationStore.INDEX, GenerationIndex.TYPE, folder);
        copy(DRILLS, DrillIndex.TYPE, folder);
        for (String operation : Run.OPERATIONS) {
            copy(name(operation), Run.TYPE, folder);
        }
    }

    private void copy(String name, String type, Path folder) throws IOException {
        Optional<byte[]> stored = read(name);
        if (stored.isEmpty()) {
            return;
        }
        keys.check(type, stored.get());
        Path target = folder.resolve(name);
        Path parent = Objects.requireNonNull(target.getParent());
        Files.createDirectories(
                parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path fresh = Files.createTempFile(
                parent,
                ".copy",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(stored.get());
                while (left.hasRemaining()) {
                    out.write(left);
                }
                out.force(true);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private Optional<byte[]> read(String name) throws IOException {
        try (InputStream in = place.open(name)) {
            return Optional.of(in.readNBytes(MOST_BYTES));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
