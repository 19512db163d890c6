package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyTamperedException;
import eu.diplomatics.qualification.DomainEvent.QualificationEvent;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.Qualification;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the holders that a request names. The index is not believed: what it leads to has to say so itself. */
final class Ends {
    private static final Logger LOG = LoggerFactory.getLogger(Ends.class);

    private final HolderIndex index;
    private final EventReader reader;
    private final EventVault vault;

    Ends(HolderIndex index, EventReader reader, EventVault vault) {
        this.index = index;
        this.reader = reader;
        this.vault = vault;
    }

    /** How a request names a holder. */
    sealed interface End {
        record Number(Insz insz) implements End {}

        record LocalNumber(String supplier, String localNumber) implements End {
            @Override
            public String toString() {
                return "LocalNumber[redacted]";
            }
        }

        record OfQualification(UUID reference) implements End {}
    }

    /** A qualification's opened events, and whose it is. */
    record Filed(List<OpenedEvent> stream, String supplier, UUID holder) {
        UUID filedUnder() {
            return stream.getFirst().stored().holder();
        }

        long version() {
            return stream.size();
        }

        @Override
        public String toString() {
            return "Filed[redacted]";
        }
    }

    /** The holder's id, where there is one that the caller may know of. */
    Optional<UUID> find(End end, Caller caller) {
        return switch (end) {
            case End.Number(Insz insz) -> found(IndexTerm.holder(insz));
            case End.LocalNumber(String supplier, String localNumber) ->
                caller.role() == Caller.Role.SUPPLIER && !caller.id().equals(supplier)
                        ? Optional.empty()
                        : found(IndexTerm.holder(supplier, localNumber));
            case End.OfQualification(UUID reference) -> filed(reference, caller).map(Filed::holder);
        };
    }

    private Optional<UUID> found(IndexTerm term) {
        return Optional.ofNullable(index.find(List.of(term)).get(term));
    }

    /** The holder of this number, claimed now where there was none. */
    UUID claim(IndexTerm term, @Nullable IndexTerm name) {
        UUID holder = index.claim(List.of(new HolderIndex.Claim(term, UUID.randomUUID(), name)))
                .get(term);
        if (holder == null) {
            throw new IllegalStateException("the index left a term out");
        }
        return holder;
    }

    /** A qualification, as far as the caller may change it. */
    Optional<Filed> filed(UUID reference, Caller caller) {
        List<OpenedEvent> stream = vault.open(reader.stream(reference));
        if (stream.isEmpty() || !(stream.getFirst().event() instanceof QualificationRegistered registered)) {
            return Optional.empty();
        }
        if (caller.role() == Caller.Role.SUPPLIER && !registered.supplier().equals(caller.id())) {
            return Optional.empty();
        }
        List<QualificationEvent> events = new ArrayList<>();
        for (OpenedEvent opened : stream) {
            if (opened.event() instanceof QualificationEvent event) {
                events.add(event);
            }
        }
        UUID holder = Qualification.holder(stream.getFirst().stored().holder(), events);
        return Optional.of(new Filed(stream, registered.supplier(), holder));
    }

    /**
     * Holds what the index led to against what was asked.
     *
     * @throws KeyTamperedException when it is somebody else: index rows were exchanged
     */
    static void check(End end, Holder found) {
        boolean right = switch (end) {
            case End.Number(Insz insz) -> found.number().equals(Optional.of(insz));
            case End.LocalNumber(String supplier, String localNumber) ->
                found.identity() instanceof ByName byName
                        && byName.localNumber().equals(localNumber)
                        && found.isLocalOf(supplier);
            case End.OfQualification ofQualification -> true;
        };
        if (!right) {
            LOG.error("ALARM: the index leads to holder {} whose identity is another", found.id());
            throw new KeyTamperedException(found.id().toString());
        }
    }
}
