package eu.diplomatics.eventstore;

import eu.diplomatics.eventstore.EventsNeededOnce.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Units laid out as the parallel arrays that the database's append function takes; everything is counted from 1. */
final class AppendBatch {
    /** Where the set-wise function begins to be the quicker one. */
    private static final int MOST_PLAIN_EVENTS = 4;

    final List<AppendUnit> units;
    /** Those that are offered, in their order. */
    private final List<SealedEvent> events = new ArrayList<>();

    private final Predicate<SealedEvent> leftOut;
    private final int generation;
    private final long tagEpoch;
    private final List<UUID> commands = new ArrayList<>();
    private final List<Integer> unitStarts = new ArrayList<>();
    private final List<Integer> unitOfEvent = new ArrayList<>();
    private final List<UUID> streams = new ArrayList<>();
    private final List<Long> versions = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<Integer> typeVersions = new ArrayList<>();
    private final List<UUID> holders = new ArrayList<>();
    private final List<byte[]> commitments = new ArrayList<>();
    private final List<byte[]> ciphertexts = new ArrayList<>();
    private final List<Integer> tagEvents = new ArrayList<>();
    private final List<byte[]> tags = new ArrayList<>();
    private final List<byte[]> nextTags = new ArrayList<>();
    private final List<Integer> claimUnits = new ArrayList<>();
    private final List<Long> claimAfters = new ArrayList<>();
    private final List<byte[]> claimTags = new ArrayList<>();
    private final List<byte[]> nextClaimTags = new ArrayList<>();
    private final List<Integer> conditionUnits = new ArrayList<>();
    private final List<Long> conditionAfters = new ArrayList<>();
    private final List<@Nullable UUID> conditionStreams = new ArrayList<>();
    private final List<Integer> conditionTagEnds = new ArrayList<>();
    private final List<byte[]> conditionTags = new ArrayList<>();
    private final List<Integer> conditionTypeEnds = new ArrayList<>();
    private final List<String> conditionTypes = new ArrayList<>();

    /** Everything is offered, for the database to judge. */
    AppendBatch(List<AppendUnit> units) {
        this(units, event -> false);
    }

    private AppendBatch(List<AppendUnit> units, Predicate<SealedEvent> leftOut) {
        this.units = units;
        this.leftOut = leftOut;
        this.generation = units.getFirst().events().getFirst().keyGeneration();
        this.tagEpoch = units.stream().mapToLong(AppendUnit::tagEpoch).max().orElse(0);
        for (AppendUnit unit : units) {
            add(unit);
        }
    }

    /**
     * Without the events that need only be there once and are, and without those that an earlier unit brings, be it as one
     * that need only be there once or as the very same object: right where all units go in; where one does not,
     * {@link #whole} is to be offered.
     */
    static AppendBatch sparing(List<AppendUnit> units, EventsNeededOnce known) {
        Set<Place> brought = new HashSet<>();
        Set<SealedEvent> same = Collections.newSetFromMap(new IdentityHashMap<>());
        return new AppendBatch(
                units,
                event -> known.holds(event) || (event.ifAbsent() ? !brought.add(Place.of(event)) : !same.add(event)));
    }

    /** The same units with all their events. */
    AppendBatch whole() {
        return new AppendBatch(units);
    }

    /**
     * On its caller's thread: what the writer could not lay out, it must never meet.
     *
     * @throws IllegalArgumentException when a unit can never be appended as it is
     */
    static void check(AppendUnit unit) {
        if (unit.events().isEmpty()) {
            throw new IllegalArgumentException("a unit without events");
        }
        int generation = unit.events().getFirst().keyGeneration();
        if (unit.events().stream().anyMatch(event -> event.keyGeneration() != generation)) {
            throw new IllegalArgumentException("a unit of several key generations");
        }
        for (SealedEvent event : unit.events()) {
            if (event.tags().stream().anyMatch(tag -> tag.value().length != Tag.DIGEST_BYTES)) {
                throw new IllegalArgumentException("a tag of an event is a digest of 32 bytes");
            }
        }
        unit.conditions().forEach(AppendBatch::stream);
        checkTags(unit);
    }

    /** Next tags run parallel to the tags, so that there is one for each or none at all. */
    private static void checkTags(AppendUnit unit) {
        if (!unit.tagged().next().isEmpty()
                && Stream.concat(
                                unit.events().stream().flatMap(event -> event.tags().stream()),
                                unit.conditions().stream().flatMap(condition -> condition.tags().stream()))
                        .anyMatch(
                                tag -> !tag.isStream() && !unit.tagged().next().containsKey(tag))) {
            throw new IllegalArgumentException("a tag lacks the one of the next version");
        }
    }

    private void add(AppendUnit unit) {
        commands.add(unit.command());
        unitStarts.add(streams.size() + 1);
        int number = commands.size();
        for (SealedEvent event : unit.events()) {
            if (!leftOut.test(event)) {
                add(number, event, unit.tagged());
            }
        }
        for (Condition condition : unit.conditions()) {
            add(number, condition, unit.tagged());
        }
    }

    private void add(int unit, SealedEvent event, TagEpoch tagged) {
        events.add(event);
        unitOfEvent.add(unit);
        streams.add(event.context().stream());
        versions.add(event.context().version());
        types.add(event.context().type());
        typeVersions.add(event.context().typeVersion());
        holders.add(event.holder());
        commitments.add(event.commitment());
        ciphertexts.add(event.ciphertext());
        List<Tag> own = event.tags();
        for (Tag tag : own.size() > 1 ? new LinkedHashSet<>(own) : own) {
            tagEvents.add(streams.size());
            tags.add(tag.value());
            if (tagged.next().get(tag) instanceof Tag next) {
                nextTags.add(next.value());
            }
        }
    }

    private void add(int unit, Condition condition, TagEpoch tagged) {
        List<Tag> asked = condition.tags();
        if (asked.size() == 1
                && condition.types().isEmpty()
                && !asked.getFirst().isStream()) {
            claimUnits.add(unit);
            claimAfters.add(condition.after());
            claimTags.add(asked.getFirst().value());
            if (tagged.next().get(asked.getFirst()) instanceof Tag next) {
                nextClaimTags.add(next.value());
            }
            return;
        }
        for (Tag tag : new LinkedHashSet<>(asked)) {
            if (!tag.isStream()) {
                conditionTags.add(tag.value());
            }
        }
        conditionUnits.add(unit);
        conditionAfters.add(condition.after());
        conditionStreams.add(stream(condition));
        conditionTagEnds.add(conditionTags.size());
        conditionTypes.addAll(condition.types());
        conditionTypeEnds.add(conditionTypes.size());
    }

    private static @Nullable UUID stream(Condition condition) {
        List<Tag> streams =
                condition.tags().stream().filter(Tag::isStream).distinct().toList();
        if (streams.size() > 1) {
            throw new IllegalArgumentException("an event is of one stream, a condition on two never matches");
        }
        return streams.isEmpty() ? null : streams.getFirst().asStream();
    }

    /**
     * Whether the function for one unit takes it: of few events, under no condition but claims. An event that need only be
     * there once is rarely there already; when it is, the unit has to be judged.
     */
    boolean isPlain() {
        return units.size() == 1 && events.size() <= MOST_PLAIN_EVENTS && isUnconditional();
    }

    /** Whether no condition but claims is to be judged, and each unit has something to append. */
    boolean isUnconditional() {
        return conditionUnits.isEmpty()
                && nextTags.isEmpty()
                && nextClaimTags.isEmpty()
                && unitsWithEvents() == units.size();
    }

    private int unitsWithEvents() {
        int found = 0;
        int last = 0;
        for (int unit : unitOfEvent) {
            found += unit == last ? 0 : 1;
            last = unit;
        }
        return found;
    }

    /** Those that are offered, in the order in which they are. */
    List<SealedEvent> events() {
        return events;
    }

    /** Which unit, counted from 0, an offered event belongs to. */
    int unitOf(int event) {
        return unitOfEvent.get(event) - 1;
    }

    /** The parameters of {@code append_unit} after epoch and head. */
    Object[] plainParameters() {
        return new Object[] {
            generation,
            tagEpoch,
            commands.getFirst(),
            BinaryArray.uuids(streams),
            BinaryArray.longs(versions),
            BinaryArray.texts(types),
            BinaryArray.ints(typeVersions),
            BinaryArray.uuids(holders),
            BinaryArray.byteas(commitments),
            BinaryArray.byteas(ciphertexts),
            BinaryArray.ints(tagEvents),
            BinaryArray.byteas(tags),
            BinaryArray.byteas(claimTags)
        };
    }

    /** The parameters of {@code append_all} after epoch and head. */
    Object[] unconditionalParameters() {
        return new Object[] {
            generation,
            tagEpoch,
            BinaryArray.uuids(commands),
            BinaryArray.ints(unitStarts),
            BinaryArray.ints(unitOfEvent),
            BinaryArray.uuids(streams),
            BinaryArray.longs(versions),
            BinaryArray.texts(types),
            BinaryArray.ints(typeVersions),
            BinaryArray.uuids(holders),
            BinaryArray.byteas(commitments),
            BinaryArray.byteas(ciphertexts),
            BinaryArray.ints(tagEvents),
            BinaryArray.byteas(tags),
            BinaryArray.ints(claimUnits),
            BinaryArray.byteas(claimTags)
        };
    }

    /** The parameters of the append function after epoch and head. */
    Object[] parameters() {
        return new Object[] {
            generation,
            tagEpoch,
            BinaryArray.uuids(commands),
            BinaryArray.ints(unitStarts),
            BinaryArray.ints(unitOfEvent),
            BinaryArray.uuids(streams),
            BinaryArray.longs(versions),
            BinaryArray.texts(types),
            BinaryArray.ints(typeVersions),
            BinaryArray.uuids(holders),
            BinaryArray.byteas(commitments),
            BinaryArray.byteas(ciphertexts),
            BinaryArray.booleans(ifAbsent()),
            BinaryArray.ints(tagEvents),
            BinaryArray.byteas(tags),
            BinaryArray.byteas(nextTags),
            BinaryArray.ints(claimUnits),
            BinaryArray.longs(claimAfters),
            BinaryArray.byteas(claimTags),
            BinaryArray.byteas(nextClaimTags),
            BinaryArray.ints(conditionUnits),
            BinaryArray.longs(conditionAfters),
            BinaryArray.uuids(conditionStreams),
            BinaryArray.ints(conditionTagEnds),
            BinaryArray.byteas(conditionTags),
            BinaryArray.ints(conditionTypeEnds),
            BinaryArray.texts(conditionTypes)
        };
    }

    private boolean[] ifAbsent() {
        boolean[] ifAbsent = new boolean[events.size()];
        for (int i = 0; i < ifAbsent.length; i++) {
            ifAbsent[i] = events.get(i).ifAbsent();
        }
        return ifAbsent;
    }
}
