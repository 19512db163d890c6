package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.KeysAudit;
import eu.diplomatics.backup.generation.SignedText;
import eu.diplomatics.backup.generation.UntrustedException;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tails of generations in a place:
 *
 * <pre>
 * generations/ID/tail/NNNNNN/manifest.json           signed; the last that is written: what has none does not count
 * generations/ID/tail/NNNNNN/PART/SHA256.segment
 * </pre>
 */
public final class TailStore {
    private static final String MANIFEST = "/manifest.json";
    private static final Pattern CIPHERTEXT = Pattern.compile("eventstore\\.ciphertext_([0-9]+)");
    private static final int MOST_BYTES = 16 << 20;
    private static final int DIGITS = 6;

    private final GenerationStore store;

    public TailStore(GenerationStore store) {
        this.store = store;
    }

    /** @param hash by which the next one names it */
    public record SignedTail(TailManifest manifest, String hash) {}

    GenerationStore generations() {
        return store;
    }

    Place place() {
        return store.place();
    }

    /**
     * The last that is whole; empty where there is none.
     *
     * @throws UntrustedException when it is not signed by a key that is believed
     */
    public Optional<SignedTail> newest(GenerationId id) throws IOException {
        OptionalInt last = last(id);
        return last.isEmpty() ? Optional.empty() : Optional.of(read(id, last.getAsInt()));
    }

    private OptionalInt last(GenerationId id) throws IOException {
        return place().list(GenerationStore.tailPath(id)).stream()
                .map(PlacedObject::name)
                .filter(name -> name.endsWith(MANIFEST))
                .mapToInt(name -> number(id, name))
                .max();
    }

    /** To which tail an object belongs; 0 where that cannot be said. */
    static int number(GenerationId id, String name) {
        int from = GenerationStore.tailPath(id).length();
        try {
            return Integer.parseInt(name.substring(from, from + DIGITS));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return 0;
        }
    }

    /**
     * All of them in their order, from the first on.
     *
     * @throws UntrustedException when one is missing, not signed by a key that is believed, or not what follows the one before
     */
    public List<SignedTail> chain(GenerationId id) throws IOException {
        OptionalInt last = last(id);
        String previous = manifestHash(id);
        List<SignedTail> chain = new ArrayList<>();
        for (int number = 1; number <= last.orElse(0); number++) {
            SignedTail tail = read(id, number);
            if (!tail.manifest().previous().equals(previous)) {
                throw new UntrustedException(
                        "tail " + number + " of generation " + id + " does not follow the one before");
            }
            chain.add(tail);
            previous = tail.hash();
        }
        return chain;
    }

    /**
     * What {@code keys audit} asks of the tails of a generation.
     *
     * @throws UntrustedException as {@link #chain}
     */
    public KeysAudit.Tail keys(GenerationId id) throws IOException {
        Map<String, Long> versions = new TreeMap<>();
        Set<String> objects = new HashSet<>();
        List<SignedTail> chain = chain(id);
        for (SignedTail tail : chain) {
            objects.add(manifestName(id, tail.manifest().number()));
            for (TailManifest.Source source : tail.manifest().sources()) {
                for (TailManifest.Table table : source.tables()) {
                    Matcher ciphertext = CIPHERTEXT.matcher(table.name());
                    if (ciphertext.matches() && table.rows() > 0) {
                        versions.merge(ciphertext.group(1), table.rows(), Long::sum);
                    }
                    table.segments()
                            .forEach(segment -> objects.add(
                                    segmentName(id, tail.manifest().number(), source.part(), segment.sha256())));
                }
            }
        }
        return new KeysAudit.Tail(chain.size(), versions, objects, folder(id, chain.size() + 1) + "/");
    }

    String manifestHash(GenerationId id) throws IOException {
        return store.manifest(id)
                .orElseThrow(() -> new UntrustedException("generation " + id + " has no manifest that is believed"))
                .text()
                .hash();
    }

    private SignedTail read(GenerationId id, int number) throws IOException {
        byte[] stored;
        try (InputStream in = place().open(manifestName(id, number))) {
            stored = in.readNBytes(MOST_BYTES);
        }
        SignedText text = store.keys().check(TailManifest.TYPE, stored);
        TailManifest manifest = text.read(TailManifest.TYPE, TailManifest.class);
        if (manifest.number() != number || !manifest.generation().equals(id.toString())) {
            throw new UntrustedException("tail " + number + " of generation " + id + " is another");
        }
        return new SignedTail(manifest, text.hash());
    }

    /** Signs it: from here on it counts. */
    void write(TailManifest manifest) throws IOException {
        SignedText signed = store.keys().sign(TailManifest.TYPE, SignedText.canonical(manifest));
        place().replace(manifestName(GenerationId.parse(manifest.generation()), manifest.number()), signed.bytes());
    }

    /** Removes what a tail that was never signed has left. */
    void clear(GenerationId id, int number) throws IOException {
        for (PlacedObject object : place().list(folder(id, number) + "/")) {
            place().delete(object.name());
        }
    }

    /** In the context of its segments too. */
    static String name(GenerationId id, int number) {
        return String.format(Locale.ROOT, "%s/tail/%06d", id, number);
    }

    private static String folder(GenerationId id, int number) {
        return GenerationStore.tailPath(id) + String.format(Locale.ROOT, "%06d", number);
    }

    static String manifestName(GenerationId id, int number) {
        return folder(id, number) + MANIFEST;
    }

    static String segmentName(GenerationId id, int number, String part, String sha256) {
        return folder(id, number) + "/" + part + "/" + sha256 + ".segment";
    }
}
