package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The generations in a place. What the signed index names counts; the rest is on its way in or out, and goes:
 *
 * <pre>
 * index.json                             the signed index, replaced as a whole
 * generations/ID/manifest.json           signed; the last that is written, the first that is removed
 * generations/ID/PART/SHA256.segment
 * generations/ID/environment/SHA256.zst
 * </pre>
 */
public final class GenerationStore implements Closeable {
    static final String INDEX = "index.json";
    /** What the spool's files of a tail begin with. */
    public static final String TAIL_SPOOL = "tail-";

    private static final String TAIL = "/tail/";
    private static final String GENERATIONS = "generations/";
    private static final String MANIFEST = "/manifest.json";
    private static final String SEGMENT = ".segment";
    /** A manifest lists some hundred bytes for each segment; nobody makes us read more than this. */
    private static final int MOST_BYTES = 64 << 20;

    private final Place place;
    private final ManifestKeys keys;

    public GenerationStore(Place place, ManifestKeys keys) {
        this.place = place;
        this.keys = keys;
    }

    /** What a generation is to the index. */
    public enum State {
        /** Named, and was verified before it was. */
        VERIFIED,
        /** Not, or not yet, whole. */
        STAGED,
        /** Whole, and no longer named. */
        EXPIRING,
        /** Named, and its manifest is not there, or another, or not signed. */
        BROKEN
    }

    /**
     * @param manifest empty where it is missing or not to be believed
     * @param bytes of its objects
     */
    public record Stored(GenerationId id, State state, Optional<Manifest> manifest, long bytes) {}

    public Place place() {
        return place;
    }

    @Override
    public void close() throws IOException {
        place.close();
    }

    public ManifestKeys keys() {
        return keys;
    }

    /**
     * The index; empty where none was ever written.
     *
     * @throws UntrustedException when it is not signed by a key that is believed
     */
    public Optional<GenerationIndex> index() throws IOException {
        Optional<byte[]> stored = read(INDEX);
        return stored.isEmpty()
                ? Optional.empty()
                : Optional.of(keys.check(GenerationIndex.TYPE, stored.get())
                        .read(GenerationIndex.TYPE, GenerationIndex.class));
    }

    /** All generations of which anything is there or that the index names, the oldest first. */
    public List<Stored> list() throws IOException {
        Optional<GenerationIndex> index = index();
        Map<GenerationId, Long> present = new TreeMap<>();
        for (PlacedObject object : place.list(GENERATIONS)) {
            idOf(object.name()).ifPresent(id -> present.merge(id, object.bytes(), Long::sum));
        }
        List<Stored> generations = new ArrayList<>();
        List<GenerationIndex.Entry> unmet =
                new ArrayList<>(index.map(GenerationIndex::generations).orElse(List.of()));
        GenerationId newest = null;
        for (Map.Entry<GenerationId, Long> each : present.entrySet()) {
            Optional<Signed> manifest = manifest(each.getKey());
            boolean named = manifest.isPresent()
                    && unmet.removeIf(entry ->
                            entry.manifestHash().equals(manifest.get().text().hash()));
            newest = named ? each.getKey() : newest;
            generations.add(new Stored(
                    each.getKey(),
                    named ? State.VERIFIED : manifest.isPresent() ? State.EXPIRING : State.STAGED,
                    manifest.map(Signed::manifest),
                    each.getValue()));
        }
        for (int i = 0; i < generations.size(); i++) {
            Stored each = generations.get(i);
            if (each.state() == State.EXPIRING && (newest == null || each.id().compareTo(newest) > 0)) {
                generations.set(i, new Stored(each.id(), State.STAGED, each.manifest(), each.bytes()));
            }
        }
        for (GenerationIndex.Entry missing : unmet) {
            generations.add(broken(generations, missing));
        }
        generations.sort((one, other) -> one.id().compareTo(other.id()));
        return generations;
    }

    /** In the place of what there is of that day, where there is anything. */
    private static Stored broken(List<Stored> generations, GenerationIndex.Entry missing) {
        for (Stored each : generations) {
            if (each.id().day().equals(missing.day()) && each.state() != State.VERIFIED) {
                generations.remove(each);
                return new Stored(each.id(), State.BROKEN, Optional.empty(), each.bytes());
            }
        }
        return new Stored(new GenerationId(missing.day(), 1), State.BROKEN, Optional.empty(), 0);
    }

    /** A manifest and what was signed. */
    public record Signed(Manifest manifest, SignedText text) {}

    /** Empty where there is none, or none that is signed by a key that is believed and is of this generation. */
    public Optional<Signed> manifest(GenerationId id) throws IOException {
        Optional<byte[]> stored = read(manifestName(id));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        try {
            SignedText text = keys.check(Manifest.TYPE, stored.get());
            Manifest manifest = text.read(Manifest.TYPE, Manifest.class);
            return manifest.id().equals(id.toString()) ? Optional.of(new Signed(manifest, text)) : Optional.empty();
        } catch (UntrustedException e) {
            return Optional.empty();
        }
    }

    /**
     * The manifest that the index names.
     *
     * @throws UntrustedException when it names another, or none of this generation
     */
    Signed named(GenerationId id) throws IOException {
        Signed signed = manifest(id)
                .orElseThrow(() -> new UntrustedException("generation " + id + " has no manifest that is believed"));
        if (!index().map(index -> index.names(signed.text().hash())).orElse(false)) {
            throw new UntrustedException("the index does not name this manifest of generation " + id);
        }
        return signed;
    }

    private Optional<byte[]> read(String name) throws IOException {
        try (InputStream in = place.open(name)) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (in.read() != -1) {
                throw new UntrustedException(name + " is longer than it can be");
            }
            return Optional.of(bytes);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Signs a manifest and stores it: from here on the generation is whole, and counts once it is promoted. */
    void writeManifest(Manifest manifest) throws IOException {
        SignedText signed = keys.sign(Manifest.TYPE, SignedText.canonical(manifest));
        place.replace(manifestName(GenerationId.parse(manifest.id())), signed.bytes());
    }

    /** Names a generation that was verified just now in the index. */
    GenerationIndex promote(GenerationId id, Instant now) throws IOException {
        Signed manifest = manifest(id).orElseThrow(() -> new UntrustedException("no manifest of generation " + id));
        GenerationIndex next = index().orElse(GenerationIndex.empty(now))
                .with(new GenerationIndex.Entry(id.day(), manifest.text().hash(), now), now);
        place.replace(
                INDEX,
                keys.sign(GenerationIndex.TYPE, SignedText.canonical(next)).bytes());
        return next;
    }

    /** Removes all that there is of a generation, the manifest first: what is left by a kill is no generation any more. */
    void remove(GenerationId id) throws IOException {
        place.delete(manifestName(id));
        for (PlacedObject object : place.list(GENERATIONS + id + "/")) {
            place.delete(object.name());
        }
    }

    static String segmentName(GenerationId id, String part, String sha256) {
        return GENERATIONS + id + "/" + part + "/" + sha256 + SEGMENT;
    }

    /** The folder of its tail, in which what came after it lies; it goes with the generation. */
    public static String tailPath(GenerationId id) {
        return GENERATIONS + id + TAIL;
    }

    static String environmentName(GenerationId id, String sha256) {
        return GENERATIONS + id + "/environment/" + sha256 + ".zst";
    }

    public static String manifestName(GenerationId id) {
        return GENERATIONS + id + MANIFEST;
    }

    /** The folder of a generation in its place. */
    public static String path(GenerationId id) {
        return GENERATIONS + id;
    }

    private static Optional<GenerationId> idOf(String name) {
        String rest = name.substring(GENERATIONS.length());
        int end = rest.indexOf('/');
        try {
            return end < 0 ? Optional.empty() : Optional.of(GenerationId.parse(rest.substring(0, end)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
