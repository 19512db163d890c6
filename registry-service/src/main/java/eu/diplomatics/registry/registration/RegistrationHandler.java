package eu.diplomatics.registry.registration;

import eu.diplomatics.eventstore.AppendOutcome;
import eu.diplomatics.eventstore.AppendUnit;
import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventLog;
import eu.diplomatics.eventstore.EventPlace;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.KeyGenerations;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.eventstore.SealedEvent;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.eventstore.Tag;
import eu.diplomatics.eventstore.UnitRefusedException;
import eu.diplomatics.keyring.DataKey;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.NewKey;
import eu.diplomatics.qualification.Decision;
import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.DomainEvent.HolderIdentified;
import eu.diplomatics.qualification.DomainEvent.QualificationMoved;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.registry.registration.Holders.Standing;
import eu.diplomatics.registry.registration.RegisterQualifications.Row;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Registers rows. The order makes every crash harmless: holders are claimed and data keys durable before an event that
 * needs them is appended; what a crash leaves over opens nothing and names nobody.
 */
final class RegistrationHandler {
    private static final int MAX_ATTEMPTS = 5;
    private static final Duration OUTCOME_LIMIT = Duration.ofSeconds(30);

    private final EventLog log;
    private final EventReader reader;
    private final Keyring keyring;
    private final EventVault vault;
    private final Holders holders;
    private final ClaimsInFlight inFlight;
    private final KeyGenerations generations;
    private final References references;

    RegistrationHandler(
            EventLog log,
            EventReader reader,
            Keyring keyring,
            EventVault vault,
            Holders holders,
            ClaimsInFlight inFlight,
            KeyGenerations generations,
            References references) {
        this.generations = generations;
        this.references = references;
        this.log = log;
        this.reader = reader;
        this.keyring = keyring;
        this.vault = vault;
        this.holders = holders;
        this.inFlight = inFlight;
    }

    /**
     * What of a command needs nobody to wait for the log: what became of rows in an earlier attempt, holders, keys and the
     * sealed units of a first attempt.
     *
     * @param since how often claims had been waited for when these were made
     * @param units in the order of {@code open}; none for a dry run
     */
    record FirstAttempt(
            long since,
            RegisterQualifications command,
            Map<UUID, RegistrationOutcome> outcomes,
            List<Row> open,
            Map<RegisterQualification, Holders.Holder> claimed,
            References.Tags tags,
            List<AppendUnit> units)
            implements PreparedRegistrations {
        @Override
        public String toString() {
            return "FirstAttempt[" + open.size() + " rows]";
        }
    }

    /** Safe to leave and to repeat: what it claims and makes is found again. */
    PreparedRegistrations prepare(RegisterQualifications command) {
        long since = inFlight.drained();
        Map<UUID, RegistrationOutcome> outcomes = new HashMap<>();
        if (command.triedBefore()) {
            List<UUID> ids = command.rows().stream().map(Row::command).toList();
            reader.commands(ids).forEach((id, places) -> outcomes.put(id, accepted(places)));
        }
        List<Row> rows = without(command.rows(), outcomes);
        if (rows.isEmpty()) {
            return new FirstAttempt(since, command, outcomes, rows, Map.of(), References.Tags.NONE, List.of());
        }
        Map<RegisterQualification, Holders.Holder> claimed = claim(rows, command.dryRun());
        outcomes.putAll(refuse(rows, claimed));
        List<Row> open = without(rows, outcomes);
        References.Tags tags = references.of(open);
        List<AppendUnit> units = command.dryRun() ? List.of() : seal(open, tags, claimed, command.metadata());
        return new FirstAttempt(since, command, outcomes, open, claimed, tags, units);
    }

    List<RegistrationOutcome> handle(PreparedRegistrations prepared) {
        FirstAttempt first = (FirstAttempt) prepared;
        RegisterQualifications command = first.command();
        Map<UUID, RegistrationOutcome> outcomes = first.outcomes();
        List<Row> open = first.open();
        if (command.dryRun()) {
            References.Tags tags = first.tags();
            Map<UUID, RegistrationOutcome> compared = compare(open, tags, first.claimed());
            if (references.isStale(tags)) {
                tags = references.of(open);
                compared = compare(open, tags, first.claimed());
            }
            outcomes.putAll(compared);
            outcomes.putAll(acceptable(without(open, outcomes), tags));
        } else {
            try (ClaimsInFlight.Turn turn = inFlight.enter()) {
                // claims that a rotation of the index has not waited for are made anew
                if (first.since() == inFlight.drained()) {
                    outcomes.putAll(append(first.units()));
                }
            }
            open = without(open, outcomes);
            for (int attempt = 1; !open.isEmpty() && attempt < MAX_ATTEMPTS; attempt++) {
                try (ClaimsInFlight.Turn turn = inFlight.enter()) {
                    outcomes.putAll(retry(command, open));
                }
                open = without(open, outcomes);
            }
            if (!open.isEmpty()) {
                throw new LogUnavailableException("registrations clash again and again");
            }
        }
        return command.rows().stream()
                .map(row -> Objects.requireNonNull(outcomes.get(row.command())))
                .toList();
    }

    /** Holders anew each time: a row that clashed may have lost its holder's local number to another person. */
    private Map<UUID, RegistrationOutcome> retry(RegisterQualifications command, List<Row> rows) {
        Map<RegisterQualification, Holders.Holder> claimed = claim(rows, false);
        Map<UUID, RegistrationOutcome> outcomes = refuse(rows, claimed);
        List<Row> open = without(rows, outcomes);
        References.Tags tags = references.of(open);
        outcomes.putAll(compare(open, tags, claimed));
        open = without(open, outcomes);
        outcomes.putAll(append(seal(open, tags, claimed, command.metadata())));
        return outcomes;
    }

    private Map<RegisterQualification, Holders.Holder> claim(List<Row> open, boolean dryRun) {
        List<RegisterQualification> registrations =
                open.stream().map(Row::registration).toList();
        return dryRun ? holders.known(registrations) : holders.claim(registrations);
    }

    private static List<Row> without(List<Row> rows, Map<UUID, RegistrationOutcome> outcomes) {
        return rows.stream().filter(row -> !outcomes.containsKey(row.command())).toList();
    }

    private static Map<UUID, RegistrationOutcome> refuse(
            List<Row> rows, Map<RegisterQualification, Holders.Holder> claimed) {
        Map<UUID, RegistrationOutcome> refused = new HashMap<>();
        for (Row row : rows) {
            Holders.Holder holder = claimed.get(row.registration());
            if (holder != null && holder.standing() == Standing.ANOTHER) {
                refused.put(
                        row.command(), conflict("/holder/localNumber", "the local number stands for another person"));
            } else if (holder != null && holder.standing() == Standing.ERASED) {
                refused.put(
                        row.command(),
                        new RegistrationOutcome.Refused(new Rejection(
                                RejectionCode.HOLDER_ERASED, "/holder", "the identity of this holder was erased")));
            } else if (Qualification.decide(row.registration(), Qualification.initial())
                    instanceof Decision.Refused(Rejection rejection)) {
                refused.put(row.command(), new RegistrationOutcome.Refused(rejection));
            }
        }
        return refused;
    }

    /** Rows whose supplier reference is taken: the same content again, or other content. */
    private Map<UUID, RegistrationOutcome> compare(
            List<Row> rows, References.Tags tags, Map<RegisterQualification, Holders.Holder> claimed) {
        Map<Tag, EventPlace> taken = reader.firstWith(tags.all());
        if (taken.isEmpty()) {
            return Map.of();
        }
        List<UUID> streams = taken.values().stream().map(EventPlace::stream).toList();
        // what was registered, and whose it is by now
        List<StoredEvent> telling = reader.streams(streams).values().stream()
                .flatMap(stream -> stream.stream()
                        .filter(event -> event.context().version() == 1
                                || event.context().type().equals(QualificationMoved.TYPE)))
                .toList();
        Map<UUID, OpenedEvent> recorded = new HashMap<>();
        Map<UUID, UUID> whose = new HashMap<>();
        for (OpenedEvent opened : vault.open(telling)) {
            UUID stream = opened.stored().context().stream();
            recorded.putIfAbsent(stream, opened);
            whose.put(
                    stream,
                    opened.event() instanceof QualificationMoved moved
                            ? moved.to()
                            : opened.stored().holder());
        }

        Map<UUID, RegistrationOutcome> outcomes = new HashMap<>();
        for (Row row : rows) {
            EventPlace place = taken.get(tags.of(row));
            if (place != null) {
                OpenedEvent opened = recorded.get(place.stream());
                boolean same = opened != null
                        && opened.event() instanceof QualificationRegistered registered
                        && registered.basis().equals(row.registration().basis())
                        && claimed.get(row.registration()) instanceof Holders.Holder holder
                        && holder.id().equals(whose.get(place.stream()));
                outcomes.put(
                        row.command(),
                        same
                                ? new RegistrationOutcome.Duplicate(place)
                                : conflict("/supplierReference", "registered before with other content"));
            }
        }
        return outcomes;
    }

    private static Map<UUID, RegistrationOutcome> acceptable(List<Row> rows, References.Tags tags) {
        Map<UUID, RegistrationOutcome> outcomes = new HashMap<>();
        Map<Tag, RegisterQualification> seen = new HashMap<>();
        for (Row row : rows) {
            RegisterQualification earlier = seen.putIfAbsent(tags.of(row), row.registration());
            boolean same = earlier != null
                    && earlier.holder().equals(row.registration().holder())
                    && earlier.basis().equals(row.registration().basis());
            outcomes.put(
                    row.command(),
                    earlier == null
                            ? new RegistrationOutcome.Acceptable()
                            : same
                                    ? new RegistrationOutcome.DuplicateOfRow()
                                    : conflict("/supplierReference", "stands in the file before with other content"));
        }
        return outcomes;
    }

    /** Units that clash, or were sealed or tagged for what is over by now, have no outcome yet. */
    private Map<UUID, RegistrationOutcome> append(List<AppendUnit> units) {
        if (units.isEmpty()) {
            return Map.of();
        }
        List<CompletableFuture<AppendOutcome>> appended = log.append(units);
        List<CompletableFuture<Optional<AppendOutcome>>> answers =
                appended.stream().map(RegistrationHandler::unlessStale).toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
        inFlight.until(all);
        Commands.await(all, OUTCOME_LIMIT);
        if (answers.stream().anyMatch(answer -> answer.join().isEmpty())) {
            generations.refresh();
            references.refresh();
        }
        Map<UUID, RegistrationOutcome> outcomes = HashMap.newHashMap(units.size());
        for (int i = 0; i < units.size(); i++) {
            switch (answers.get(i).join().orElseGet(AppendOutcome.Clashed::new)) {
                case AppendOutcome.Appended(List<EventPlace> places) ->
                    outcomes.put(units.get(i).command(), accepted(places));
                case AppendOutcome.AppendedBefore(List<EventPlace> places) ->
                    outcomes.put(units.get(i).command(), accepted(places));
                case AppendOutcome.Clashed() -> {
                    // looked at again in the next attempt
                }
            }
        }
        return outcomes;
    }

    private static CompletableFuture<Optional<AppendOutcome>> unlessStale(CompletableFuture<AppendOutcome> appended) {
        return appended.thenApply(Optional::of)
                .exceptionallyCompose(failure -> UnitRefusedException.isStale(failure)
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failure));
    }

    private List<AppendUnit> seal(
            List<Row> offered,
            References.Tags tags,
            Map<RegisterQualification, Holders.Holder> claimed,
            EventMetadata metadata) {
        List<Row> rows = Holders.withoutOtherIdentitiesOfNames(offered, claimed);
        if (rows.isEmpty()) {
            return List.of();
        }
        int generation = generations.current();
        List<NewKey> ofRows = new ArrayList<>(rows.size());
        Map<UUID, NewKey> ofHolders = new LinkedHashMap<>();
        Map<UUID, UUID> ids = HashMap.newHashMap(rows.size());
        for (Row row : rows) {
            UUID reference = UUID.randomUUID();
            ids.put(row.command(), reference);
            ofRows.add(new NewKey(reference, generation, KeyRegime.STATUTORY));
            Holders.Holder holder = Objects.requireNonNull(claimed.get(row.registration()));
            if (holder.standing() == Standing.NEW) {
                ofHolders.put(holder.id(), new NewKey(holder.id(), generation, KeyRegime.ERASABLE));
            }
        }
        Map<UUID, DataKey> keys = keyring.create(ofRows, ofHolders.values());
        try {
            List<AppendUnit> units = new ArrayList<>(rows.size());
            Map<UUID, SealedEvent> byHolder = new HashMap<>();
            for (Row row : rows) {
                UUID reference = Objects.requireNonNull(ids.get(row.command()));
                Tag tag = tags.of(row);
                Holders.Holder holder = Objects.requireNonNull(claimed.get(row.registration()));
                List<SealedEvent> events = new ArrayList<>(2);
                if (holder.standing() == Standing.NEW) {
                    events.add(identified(row, holder.id(), metadata, keys, byHolder));
                }
                events.add(vault.seal(
                        reference,
                        1,
                        holder.id(),
                        registered(row),
                        metadata,
                        keys.get(reference),
                        List.of(tag),
                        false));
                units.add(new AppendUnit(row.command(), events, List.of(Condition.unclaimed(tag)), tags.epoch()));
            }
            return units;
        } finally {
            keys.values().forEach(DataKey::close);
        }
    }

    /**
     * Sealed once for all rows of the holder. A national number says all there is to say: the event goes in with whichever
     * row of the holder is appended first, by whomever. A local number does not: who is not first clashes and is compared,
     * but for the rows of one call, which state the same.
     */
    private SealedEvent identified(
            Row row, UUID holder, EventMetadata metadata, Map<UUID, DataKey> keys, Map<UUID, SealedEvent> byHolder) {
        HolderIdentity identity = row.registration().holder();
        SealedEvent before = byHolder.get(holder);
        if (before != null) {
            return before;
        }
        boolean ifAbsent = identity instanceof HolderIdentity.ByInsz;
        SealedEvent sealed = vault.seal(
                holder, 1, holder, new HolderIdentified(identity), metadata, keys.get(holder), List.of(), ifAbsent);
        byHolder.put(holder, sealed);
        return sealed;
    }

    private static DomainEvent registered(Row row) {
        return switch (Qualification.decide(row.registration(), Qualification.initial())) {
            case Decision.Happened(DomainEvent.QualificationEvent event) -> event;
            case Decision.AlreadySo already -> throw new IllegalStateException("nothing is registered yet");
            case Decision.Refused refused -> throw new IllegalStateException("refused rows are not appended");
        };
    }

    /** The qualification's own event is the last of its unit. */
    private static RegistrationOutcome accepted(List<EventPlace> places) {
        return new RegistrationOutcome.Accepted(places.getLast());
    }

    private static RegistrationOutcome conflict(String pointer, String message) {
        return new RegistrationOutcome.Refused(new Rejection(RejectionCode.REFERENCE_CONFLICT, pointer, message));
    }
}
