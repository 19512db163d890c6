package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.place.Place.PlacedObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Brings another place to what the first one holds: generations byte by byte as they are, each verified there without keys
 * before the index of that place names it, with their tails; then what that index does not name goes. Whatever stops it, the next
 * one goes on, and the first place is only read. The other place's index is its own: a first place that was emptied takes
 * nothing away from it.
 */
public final class CopyGenerations {
    private static final String SPOOLED = "copy-";
    private static final String SEGMENT = ".segment";
    private static final Pattern NAMED_BY_HASH = Pattern.compile("/([0-9a-f]{64})\\.[a-z]+$");

    private final GenerationStore from;
    private final GenerationStore to;
    private final InstantSource clock;
    private final Steps steps;

    /** Where it is. */
    enum Step {
        BEGUN,
        OBJECT_PUT,
        MANIFEST_PUT,
        VERIFIED,
        PROMOTED,
        REST_GONE
    }

    /** Told each step; a test stops there. */
    @FunctionalInterface
    interface Steps {
        void reached(Step step);
    }

    /**
     * What was done.
     *
     * @param generations that the other place's index names now and did not before
     * @param objects that were put, and their bytes
     */
    public record Copied(List<GenerationId> generations, int objects, long bytes) {
        public Copied {
            generations = List.copyOf(generations);
        }
    }

    public CopyGenerations(GenerationStore from, GenerationStore to, InstantSource clock) {
        this(from, to, clock, step -> {});
    }

    CopyGenerations(GenerationStore from, GenerationStore to, InstantSource clock, Steps steps) {
        this.from = from;
        this.to = to;
        this.clock = clock;
        this.steps = steps;
    }

    /**
     * While no other backup of this registry runs.
     *
     * @param eventstore where that is told
     * @throws BackupException when something stands in the way, with a code
     */
    public Copied bring(DataSource eventstore) throws IOException, SQLException {
        try (Turn turn = Turn.take(eventstore, Turn.BACKUP)) {
            return bring();
        }
    }

    Copied bring() throws IOException {
        Instant now = now();
        Optional<GenerationIndex> index = to.index();
        if (index.isPresent() && index.get().issuedAt().isAfter(now)) {
            throw new BackupException(
                    BackupException.Code.CLOCK_BEHIND,
                    "the index of " + to.place().name() + " was issued later than now");
        }
        Set<GenerationId> there = verified(to);
        List<GenerationId> wanted = from.list().stream()
                .filter(each -> each.state() == State.VERIFIED)
                .map(Stored::id)
                .filter(id -> !isOver(index, there, id))
                .toList();
        clear(now);
        purge(Set.copyOf(wanted));
        steps.reached(Step.BEGUN);
        Copy copy = new Copy();
        for (GenerationId id : wanted) {
            if (!verified(to).contains(id)) {
                copy.generation(id);
            }
            copy.tails(id);
        }
        purge(Set.of());
        steps.reached(Step.REST_GONE);
        return new Copied(copy.generations, copy.objects, copy.bytes);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Older than all that the other place keeps, where that is enough, or than what it keeps of that day. */
    private static boolean isOver(Optional<GenerationIndex> index, Set<GenerationId> there, GenerationId id) {
        boolean older = index.filter(known -> known.generations().size() == GenerationIndex.KEPT
                        && id.day().isBefore(known.generations().getFirst().day()))
                .isPresent();
        return older || there.stream().anyMatch(each -> each.day().equals(id.day()) && each.attempt() > id.attempt());
    }

    private static Set<GenerationId> verified(GenerationStore store) throws IOException {
        return store.list().stream()
                .filter(each -> each.state() == State.VERIFIED)
                .map(Stored::id)
                .collect(Collectors.toSet());
    }

    private void clear(Instant now) throws IOException {
        try (Stream<Path> left = Files.list(to.place().spool())) {
            for (Path file : left.toList()) {
                if (file.getFileName().toString().startsWith(SPOOLED)) {
                    Files.delete(file);
                }
            }
        }
        to.place().tidy(now);
    }

    /** What the other place's index does not name, and is not on its way there. */
    private void purge(Set<GenerationId> onTheirWay) throws IOException {
        for (Stored stored : to.list()) {
            boolean named = stored.state() == State.VERIFIED || stored.state() == State.BROKEN;
            if (!named && !onTheirWay.contains(stored.id())) {
                to.remove(stored.id());
            }
        }
    }

    /** What is gathered on the way. */
    private final class Copy {
        private final List<GenerationId> generations = new ArrayList<>();
        private int objects;
        private long bytes;

        void generation(GenerationId id) throws IOException {
            GenerationStore.Signed manifest =
                    from.manifest(id).orElseThrow(() -> changed(GenerationStore.manifestName(id)));
            Set<PlacedObject> there = Set.copyOf(to.place().list(GenerationStore.path(id) + "/"));
            for (PlacedObject each : from.place().list(GenerationStore.path(id) + "/")) {
                boolean ofTail = each.name().startsWith(GenerationStore.tailPath(id));
                // what is not named by its hash is no part of it, and what is missing is found when it is verified
                if (NAMED_BY_HASH.matcher(each.name()).find() && !ofTail && !there.contains(each)) {
                    object(each.name());
                }
            }
            to.place().replace(GenerationStore.manifestName(id), manifest.text().bytes());
            steps.reached(Step.MANIFEST_PUT);
            List<VerifyGeneration.Finding> findings =
                    new VerifyGeneration(to).verify(id).findings();
            if (!findings.isEmpty()) {
                // of no use as it is, and the next one begins it anew
                to.remove(id);
                throw new BackupException(
                        BackupException.Code.NOT_VERIFIED,
                        findings.getFirst() + " at " + to.place().name());
            }
            steps.reached(Step.VERIFIED);
            to.promote(id, now());
            generations.add(id);
            steps.reached(Step.PROMOTED);
        }

        /** Those that are signed, each with its manifest last. */
        void tails(GenerationId id) throws IOException {
            String folder = GenerationStore.tailPath(id);
            List<PlacedObject> here = from.place().list(folder);
            Set<String> signed = here.stream()
                    .map(PlacedObject::name)
                    .filter(name -> !name.endsWith(SEGMENT))
                    .map(name -> tail(folder, name))
                    .collect(Collectors.toSet());
            Set<PlacedObject> there = Set.copyOf(to.place().list(folder));
            List<PlacedObject> missing = here.stream()
                    .filter(each -> signed.contains(tail(folder, each.name())) && !there.contains(each))
                    .sorted(Comparator.comparing((PlacedObject each) -> tail(folder, each.name()))
                            .thenComparing(each -> !each.name().endsWith(SEGMENT))
                            .thenComparing(PlacedObject::name))
                    .toList();
            for (PlacedObject each : missing) {
                object(each.name());
            }
        }

        private static String tail(String folder, String name) {
            int end = name.indexOf('/', folder.length());
            return end < 0 ? name : name.substring(0, end);
        }

        private void object(String name) throws IOException {
            Path file = Files.createTempFile(to.place().spool(), SPOOLED, ".tmp");
            try {
                MessageDigest digest = sha256();
                try (InputStream in = from.place().open(name);
                        OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
                    bytes += in.transferTo(out);
                }
                byte[] sha256 = digest.digest();
                if (name.endsWith(SEGMENT)
                        && !name.endsWith("/" + HexFormat.of().formatHex(sha256) + SEGMENT)) {
                    throw changed(name);
                }
                to.place().put(name, file, sha256);
                objects++;
            } finally {
                Files.deleteIfExists(file);
            }
            steps.reached(Step.OBJECT_PUT);
        }

        private BackupException changed(String name) {
            return new BackupException(
                    BackupException.Code.NOT_VERIFIED,
                    "CHANGED " + name + " at " + from.place().name());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
