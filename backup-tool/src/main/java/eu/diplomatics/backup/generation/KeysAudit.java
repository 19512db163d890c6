package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.place.Place.PlacedObject;
import eu.diplomatics.backup.source.SourceDatabase;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Under which keys the generations of a place and their tails stand, from their signed manifests, and whether any of those
 * is over (R17); whether something lies there that nobody accounts for; and whether the keys of generations that went have
 * gone too (R10). Nothing is decrypted, and no key is asked for.
 */
public final class KeysAudit {
    /** How long after a rotation copies under the old key may be left. */
    private static final Duration LEFT = Duration.ofHours(72);
    /** How long after the index dropped a day its key may be left. */
    private static final Duration KEY_LEFT = Duration.ofHours(1);

    private static final String LABEL = "epoch-";
    private static final String EPOCH_KEYS = """
            SELECT e.custodian, e.label, e.answer, d.destroyed_at, d.hash
              FROM keys.epoch_key e LEFT JOIN keys.destruction d USING (custodian, label)
             ORDER BY e.label, e.custodian
            """;
    private static final String REPLACED = """
            SELECT generation - 1, switched_at FROM eventstore.reencryption WHERE switched_at IS NOT NULL
            """;

    /** What else has its place beside the generations; exports are accounted for by their own register. */
    private static final Pattern BESIDE =
            Pattern.compile("index\\.json|place\\.json|drills\\.json|drills/[^/]+|runs/[^/]+|exports/.*");

    private final GenerationStore store;
    private final Tails tails;
    private final Map<SourceDatabase, DataSource> sources;
    private final InstantSource clock;

    /** @param tails of the same place */
    public KeysAudit(GenerationStore store, Tails tails, Map<SourceDatabase, DataSource> sources, InstantSource clock) {
        this.store = store;
        this.tails = tails;
        this.sources = new EnumMap<>(sources);
        this.clock = clock;
    }

    /** What must not be. These never change their meaning. */
    public enum Code {
        /** A generation holds events under data keys that were replaced more than 72 hours ago. */
        RETIRED_DATA_KEY,
        /** A generation that counts stands under an epoch key that every site has destroyed: it does not open. */
        KEY_DESTROYED,
        /** A generation that does not count lies there although its key is no more: the next create removes it. */
        LEFT_BEHIND,
        /** Something lies there that no manifest names that is to be believed: nobody can tell under which key. */
        UNACCOUNTED,
        /** The epoch key of a day that the index dropped more than an hour ago is not destroyed. */
        KEY_NOT_DESTROYED,
        /** An export is at the second provider 72 hours after something in it was shredded, or a key ended. */
        EXPORT_OVERDUE,
        /** The identity of an export that was removed is not destroyed 72 hours later, as far as is filed. */
        IDENTITY_NOT_DESTROYED
    }

    /**
     * The tails of a generation.
     *
     * @param keyVersions events by the generation of their data keys
     * @param objects their names
     * @param next what the names of the next one begin with, which may be on its way
     */
    public record Tail(int count, Map<String, Long> keyVersions, Set<String> objects, String next) {}

    /** Knows the tails of a place. */
    @FunctionalInterface
    public interface Tails {
        /** @throws UntrustedException when one is missing or not to be believed */
        Tail of(GenerationId id) throws IOException;
    }

    /** @param object a generation, or an epoch key at its site */
    public record Finding(Code code, String object, String why) {}

    /**
     * A generation in its place.
     *
     * @param keyVersions events by the generation of their data keys
     * @param epochKeys by site; its tails stand under the same
     * @param tails how many
     * @param tailKeyVersions events in them by the generation of their data keys
     */
    public record Artefact(
            String id,
            String state,
            Map<String, Long> keyVersions,
            Map<String, String> epochKeys,
            int tails,
            Map<String, Long> tailKeyVersions) {}

    /**
     * An epoch key of a day of which no generation is left.
     *
     * @param answer the custodian's last; null where it was not asked
     * @param receipt SHA-256 of the custodian's receipt, hex; null while there is none
     */
    public record Gone(
            String custodian,
            String label,
            @Nullable String answer,
            @Nullable Instant destroyedAt,
            @Nullable String receipt) {}

    public record Report(Instant checkedAt, List<Artefact> generations, List<Gone> gone, List<Finding> findings) {
        public Report {
            generations = List.copyOf(generations);
            gone = List.copyOf(gone);
            findings = List.copyOf(findings);
        }
    }

    /** @throws SQLException when a database does not answer: without it nobody can tell which keys are over */
    public Report report() throws IOException, SQLException {
        Instant now = clock.instant();
        List<Gone> keys = epochKeys();
        Map<String, Instant> replaced = replaced();
        List<Artefact> artefacts = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        List<Stored> generations = store.list();
        Set<String> accounted = new HashSet<>();
        for (Stored stored : generations) {
            Optional<Manifest> manifest = stored.manifest();
            if (manifest.isEmpty()) {
                artefacts.add(
                        new Artefact(stored.id().toString(), stored.state().name(), Map.of(), Map.of(), 0, Map.of()));
                accounted.add(GenerationStore.path(stored.id()) + "/");
                findings.add(new Finding(
                        Code.UNACCOUNTED,
                        stored.id().toString(),
                        "no manifest that is to be believed: " + stored.state()));
                continue;
            }
            Tail tail = tail(stored.id(), accounted, findings);
            artefacts.add(new Artefact(
                    stored.id().toString(),
                    stored.state().name(),
                    manifest.get().keyVersions(),
                    manifest.get().epochKeys(),
                    tail.count(),
                    tail.keyVersions()));
            accounted.addAll(manifest.get().objects());
            dataKeys(manifest.get().id(), manifest.get().keyVersions(), replaced, now)
                    .ifPresent(findings::add);
            dataKeys("tails of " + manifest.get().id(), tail.keyVersions(), replaced, now)
                    .ifPresent(findings::add);
            if (isDestroyed(manifest.get().epochKeys(), keys)) {
                findings.add(new Finding(
                        stored.state() == State.VERIFIED ? Code.KEY_DESTROYED : Code.LEFT_BEHIND,
                        stored.id().toString(),
                        "every site has destroyed its key"));
            }
        }
        List<Gone> gone = keys.stream()
                .filter(key -> generations.stream()
                        .noneMatch(each -> each.id().day().toString().equals(day(key))))
                .toList();
        findings.addAll(strangers(accounted));
        findings.addAll(left(gone, now));
        return new Report(now, artefacts, gone, findings);
    }

    private Tail tail(GenerationId id, Set<String> accounted, List<Finding> findings) throws IOException {
        try {
            Tail tail = tails.of(id);
            accounted.addAll(tail.objects());
            accounted.add(tail.next());
            return tail;
        } catch (UntrustedException | NoSuchFileException e) {
            accounted.add(GenerationStore.tailPath(id));
            findings.add(new Finding(
                    Code.UNACCOUNTED, GenerationStore.tailPath(id), "tails of which one is not to be believed"));
            return new Tail(0, Map.of(), Set.of(), "");
        }
    }

    /** @param accounted names, and what names begin with where they end with a slash */
    private List<Finding> strangers(Set<String> accounted) throws IOException {
        List<String> folders =
                accounted.stream().filter(name -> name.endsWith("/")).toList();
        return store.place().list("").stream()
                .map(PlacedObject::name)
                .filter(name -> !accounted.contains(name)
                        && !BESIDE.matcher(name).matches()
                        && folders.stream().noneMatch(name::startsWith))
                .map(name -> new Finding(Code.UNACCOUNTED, name, "no manifest names it"))
                .toList();
    }

    private static Optional<Finding> dataKeys(
            String object, Map<String, Long> keyVersions, Map<String, Instant> replaced, Instant now) {
        for (String version : new TreeMap<>(keyVersions).keySet()) {
            Instant at = replaced.get(version);
            if (keyVersions.getOrDefault(version, 0L) > 0
                    && at != null
                    && Duration.between(at, now).compareTo(LEFT) > 0) {
                return Optional.of(new Finding(
                        Code.RETIRED_DATA_KEY,
                        object,
                        "data keys of generation " + version + " were replaced at " + at));
            }
        }
        return Optional.empty();
    }

    private static boolean isDestroyed(Map<String, String> epochKeys, List<Gone> keys) {
        return !epochKeys.isEmpty()
                && epochKeys.entrySet().stream()
                        .allMatch(wrapped -> keys.stream()
                                .anyMatch(key -> key.custodian().equals(wrapped.getKey())
                                        && key.label().equals(wrapped.getValue())
                                        && key.destroyedAt() != null));
    }

    /** Keys of days before the oldest generation that counts; what stands above them is due an hour after the index. */
    private List<Finding> left(List<Gone> gone, Instant now) throws IOException {
        Optional<GenerationIndex> index = store.index();
        if (index.isEmpty()
                || index.get().generations().size() < GenerationIndex.KEPT
                || Duration.between(index.get().issuedAt(), now).compareTo(KEY_LEFT) <= 0) {
            return List.of();
        }
        LocalDate oldest = index.get().generations().getFirst().day();
        return gone.stream()
                .filter(key ->
                        key.destroyedAt() == null && LocalDate.parse(day(key)).isBefore(oldest))
                .map(key -> new Finding(
                        Code.KEY_NOT_DESTROYED,
                        key.label() + "@" + key.custodian(),
                        key.answer() == null ? "the registry has not asked" : "the custodian answered " + key.answer()))
                .toList();
    }

    private static String day(Gone key) {
        return key.label().substring(LABEL.length());
    }

    private List<Gone> epochKeys() throws SQLException {
        List<Gone> keys = new ArrayList<>();
        try (Connection connection = source(SourceDatabase.REGISTRY).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(EPOCH_KEYS)) {
            while (rows.next()) {
                Timestamp at = rows.getTimestamp(4);
                keys.add(new Gone(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        at == null ? null : at.toInstant(),
                        rows.getString(5)));
            }
        }
        return keys;
    }

    private Map<String, Instant> replaced() throws SQLException {
        Map<String, Instant> replaced = new HashMap<>();
        try (Connection connection = source(SourceDatabase.EVENTSTORE).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(REPLACED)) {
            while (rows.next()) {
                replaced.put(rows.getString(1), rows.getTimestamp(2).toInstant());
            }
        }
        return replaced;
    }

    private DataSource source(SourceDatabase database) {
        DataSource source = sources.get(database);
        if (source == null) {
            throw new IllegalArgumentException("no login for " + database.databaseName());
        }
        return source;
    }
}
