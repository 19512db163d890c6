package eu.diplomatics.registry.identity;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.HolderIndex;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.keyring.KeyRegime;
import eu.diplomatics.qualification.DomainEvent.HoldersSought;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Holder;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.qualification.HolderRequest.SeekHolders;
import eu.diplomatics.qualification.NameKey;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.identity.Ends.Filed;
import eu.diplomatics.vault.LoneEvents;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Finds holders without number by name and birth date, for the controller who has to decide about a link, and for nobody
 * and nothing else (R36). The index is cut short, so that it leads to others too: whoever it leads to is opened and
 * compared. That somebody looked stands in the log before there is an answer.
 */
final class Seeking {
    private static final String SUPPLIER = "supplier:";

    private final HolderIndex index;
    private final People people;
    private final Ends ends;
    private final EventReader reader;
    private final LoneEvents events;

    Seeking(HolderIndex index, People people, Ends ends, EventReader reader, LoneEvents events) {
        this.index = index;
        this.people = people;
        this.ends = ends;
        this.reader = reader;
        this.events = events;
    }

    /**
     * Somebody it may be, without a word about them.
     *
     * @param references of their qualifications, by which they can be linked
     * @param linked whether they have a number by now
     */
    record Candidate(String supplier, List<UUID> references, boolean linked) {}

    List<Candidate> seek(SeekHolders request, Caller controller, EventMetadata metadata) {
        List<NameKey> names = NameKey.candidates(request.familyName(), request.givenNames(), request.birthDate());
        Set<UUID> led = index.named(names.stream().map(IndexTerm::holder).toList());
        List<Holder> found = people.around(led).holders().values().stream()
                .filter(holder -> led.contains(holder.id()))
                .filter(holder -> holder.identity() instanceof ByName byName && names.contains(NameKey.of(byName)))
                .toList();
        UUID stream = UUID.randomUUID();
        events.append(
                stream,
                stream,
                KeyRegime.ERASABLE,
                metadata,
                new HoldersSought(
                        request.familyName(),
                        request.givenNames(),
                        request.birthDate(),
                        found.stream().map(Holder::id).toList()));
        return found.stream()
                .map(holder -> new Candidate(
                        holder.registeredBy().substring(SUPPLIER.length()),
                        references(holder, controller),
                        !holder.links().isEmpty()))
                .toList();
    }

    private List<UUID> references(Holder holder, Caller controller) {
        Set<UUID> streams = new HashSet<>(reader.holders(List.of(holder.id())).keySet());
        streams.addAll(holder.received());
        List<UUID> references = new ArrayList<>();
        for (UUID stream : streams) {
            if (ends.filed(stream, controller)
                    .map(Filed::holder)
                    .filter(holder.id()::equals)
                    .isPresent()) {
                references.add(stream);
            }
        }
        references.sort(null);
        return references;
    }
}
