package eu.diplomatics.backup.tail;

import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationKeys;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.KeyReferences;
import eu.diplomatics.backup.generation.Manifest;
import eu.diplomatics.backup.generation.UntrustedException;
import eu.diplomatics.backup.generation.VerifyGeneration.Code;
import eu.diplomatics.backup.generation.VerifyGeneration.Finding;
import eu.diplomatics.backup.place.Place.PlacedObject;
import eu.diplomatics.backup.source.SourceDatabase.Part;
import eu.diplomatics.backup.tail.TailStore.SignedTail;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads all tails of a generation: whether each is signed and follows the one before, and whether every byte is as it was
 * written; with keys also that it opens, how many rows there are, and that positions follow those before.
 */
public final class VerifyTail {
    private final TailStore store;

    public VerifyTail(TailStore store) {
        this.store = store;
    }

    /**
     * @param tails how many there are
     * @param last the last of them
     * @param bytes that were read
     */
    public record Report(int tails, Optional<TailManifest> last, long segments, long bytes, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /** Without keys. */
    public Report verify(GenerationId id) throws IOException {
        return verify(id, Map.of(), Optional.empty());
    }

    /** With keys that the custodian unwraps. */
    public Report verify(GenerationId id, Custodian custodian) throws IOException {
        return verify(id, custodian, Optional.empty());
    }

    /**
     * As the other, also whether every key is there that is needed.
     *
     * @param references that looked at all of the generation
     */
    public Report verify(GenerationId id, Custodian custodian, KeyReferences references) throws IOException {
        references.tellAnew();
        return verify(id, custodian, Optional.of(references));
    }

    private Report verify(GenerationId id, Custodian custodian, Optional<KeyReferences> references) throws IOException {
        Optional<GenerationStore.Signed> manifest = store.generations().manifest(id);
        if (manifest.isEmpty()) {
            return verify(id);
        }
        Map<String, SecretBytes> keys = new HashMap<>();
        try {
            for (Part part : Part.values()) {
                String wrapped = manifest.get().manifest().keys().getOrDefault(part.partName(), "");
                keys.put(part.partName(), GenerationKeys.unwrap(custodian, id, part.partName(), wrapped));
            }
            return verify(id, keys, references);
        } finally {
            keys.values().forEach(SecretBytes::close);
        }
    }

    private Report verify(GenerationId id, Map<String, SecretBytes> keys, Optional<KeyReferences> references)
            throws IOException {
        List<SignedTail> chain;
        try {
            chain = store.chain(id);
        } catch (UntrustedException | java.nio.file.NoSuchFileException e) {
            return new Report(
                    0, Optional.empty(), 0, 0, List.of(new Finding(Code.MANIFEST, GenerationStore.tailPath(id))));
        }
        List<Finding> findings = new ArrayList<>();
        Set<String> named = new HashSet<>();
        long segments = 0;
        long bytes = 0;
        for (SignedTail tail : chain) {
            named.add(TailStore.manifestName(id, tail.manifest().number()));
            for (TailManifest.Source source : keysFirst(tail.manifest())) {
                for (TailManifest.Table table : source.tables()) {
                    if (table.kind() == TailManifest.Kind.ALL) {
                        references.ifPresent(each -> each.anew(table.name()));
                    }
                    Consumer<ByteBuffer> rows = references
                            .map(each -> each.of(table.name(), table.columns()))
                            .orElse(row -> {});
                    for (int ordinal = 0; ordinal < table.segments().size(); ordinal++) {
                        Manifest.Segment segment = table.segments().get(ordinal);
                        String object = TailReader.object(id, tail.manifest(), source, segment);
                        named.add(object);
                        code(id, tail.manifest(), source, table, ordinal, key(keys, source), rows)
                                .ifPresent(code -> findings.add(new Finding(code, object)));
                        segments++;
                        bytes += segment.bytes();
                    }
                }
            }
        }
        if (findings.isEmpty()) {
            references.ifPresent(each -> each.missing()
                    .forEach(missing -> findings.add(new Finding(Code.KEY_MISSING, "tails: " + missing))));
        }
        unnamed(id, chain.size(), named, findings);
        return new Report(
                chain.size(),
                chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast().manifest()),
                segments,
                bytes,
                findings);
    }

    private static Optional<SecretBytes> key(Map<String, SecretBytes> keys, TailManifest.Source source) {
        return Optional.ofNullable(keys.get(source.part()));
    }

    private static List<TailManifest.Source> keysFirst(TailManifest tail) {
        return tail.sources().stream()
                .sorted(Comparator.comparing(source -> !source.part().equals(Part.KEYS.partName())))
                .toList();
    }

    private Optional<Code> code(
            GenerationId id,
            TailManifest tail,
            TailManifest.Source source,
            TailManifest.Table table,
            int ordinal,
            Optional<SecretBytes> key,
            Consumer<ByteBuffer> rows)
            throws IOException {
        try {
            return new TailReader(store, id).read(tail, source, table, ordinal, key, rows::accept);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is not signed yet is the next one, on its way. */
    private void unnamed(GenerationId id, int last, Set<String> named, List<Finding> findings) throws IOException {
        for (PlacedObject object : store.place().list(GenerationStore.tailPath(id))) {
            if (!named.contains(object.name()) && TailStore.number(id, object.name()) != last + 1) {
                findings.add(new Finding(Code.UNNAMED, object.name()));
            }
        }
    }
}
