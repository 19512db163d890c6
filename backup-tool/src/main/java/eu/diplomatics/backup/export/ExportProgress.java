package eu.diplomatics.backup.export;

import eu.diplomatics.backup.portable.Bag;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.backup.portable.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How far an export is, in the folder itself until the bag is whole: what a kill leaves and the next start goes on from.
 * Hashes and counts only.
 */
final class ExportProgress {
    static final String FILE = "progress.json";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path folder;
    private State state;

    private ExportProgress(Path folder, State state) {
        this.folder = folder;
        this.state = state;
    }

    /**
     * A file of events that is whole and durable.
     *
     * @param sha256 as it lies there
     * @param plaintext SHA-256 once opened
     */
    record Done(
            String name,
            String sha256,
            String plaintext,
            long first,
            long last,
            Map<String, Long> types,
            Map<String, Long> content,
            long persons) {}

    /** @param sealed whether the bag is signed and only the lease is to end */
    private record State(String order, UUID run, long until, boolean sealed, List<Done> files) {}

    /** What there is, or a new run. */
    static ExportProgress of(Path folder, String orderHash) throws IOException, PortableException {
        Path file = folder.resolve(FILE);
        if (Files.notExists(file)) {
            return new ExportProgress(folder, new State(orderHash, UUID.randomUUID(), 0, false, List.of()));
        }
        try {
            State read = JSON.readValue(Files.readAllBytes(file), State.class);
            if (read.order().equals(orderHash)) {
                return new ExportProgress(folder, read);
            }
        } catch (JacksonException e) {
            throw new PortableException(Code.OTHER_ORDER, "progress.json is not as it was written", e);
        }
        throw new PortableException(Code.OTHER_ORDER, "the folder holds another export that is not whole");
    }

    synchronized UUID run() {
        return state.run();
    }

    synchronized boolean isSealed() {
        return state.sealed();
    }

    /** Durable before anything else: the run that begins the lease is the one that may come again. */
    synchronized void save() throws IOException {
        Bag.write(folder, FILE, JSON.writeValueAsBytes(state));
    }

    /** Where it ends, settled once. */
    synchronized long until(long proposed) throws IOException {
        if (state.until() == 0) {
            state = new State(state.order(), state.run(), proposed, false, state.files());
            save();
        }
        return state.until();
    }

    synchronized void sealed() throws IOException {
        state = new State(state.order(), state.run(), state.until(), true, state.files());
        save();
    }

    synchronized void add(Done done) throws IOException {
        List<Done> files = new ArrayList<>(state.files());
        files.removeIf(other -> other.name().equals(done.name()));
        files.add(done);
        state = new State(state.order(), state.run(), state.until(), false, files);
        save();
    }

    /** What an earlier start wrote, if it lies there as it was written. */
    Optional<Done> kept(String name) throws IOException {
        Optional<Done> known;
        synchronized (this) {
            known = state.files().stream()
                    .filter(done -> done.name().equals(name))
                    .findFirst();
        }
        Path file = folder.resolve(name);
        return known.isPresent()
                        && Files.exists(file)
                        && Sha256.of(file).equals(known.get().sha256())
                ? known
                : Optional.empty();
    }

    synchronized Map<String, Done> files() {
        Map<String, Done> files = new TreeMap<>();
        state.files().forEach(done -> files.put(done.name(), done));
        return files;
    }

    void delete() throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }
}
