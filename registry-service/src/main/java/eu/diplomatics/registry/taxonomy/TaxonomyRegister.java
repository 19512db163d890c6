package eu.diplomatics.registry.taxonomy;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.TaxonomyEntryListed;
import eu.diplomatics.qualification.DomainEvent.TaxonomyEvent;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.TaxonomyChanges;
import eu.diplomatics.qualification.TaxonomyChanges.Listed;
import eu.diplomatics.qualification.TaxonomyChanges.Noted;
import eu.diplomatics.qualification.TaxonomyEntry;
import eu.diplomatics.registry.reference.Known;
import eu.diplomatics.registry.reference.Outcome;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.registry.reference.ReferenceStream.Decision;
import eu.diplomatics.taxonomy.InvalidTaxonomyException;
import eu.diplomatics.taxonomy.Taxonomy;
import eu.diplomatics.taxonomy.TaxonomyList;
import eu.diplomatics.taxonomy.TaxonomyNow;
import eu.diplomatics.vault.OpenedEvent;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The taxonomy, and how it is changed: what a file says, and every change since. A change holds within seconds, in each
 * instance. Where there is one that does not open, or that the file contradicts by now, nothing is registered.
 */
final class TaxonomyRegister implements TaxonomyNow {
    private static final Logger LOG = LoggerFactory.getLogger(TaxonomyRegister.class);

    private final Taxonomy file;
    private final ReferenceStream stream;
    private final Known<Taxonomy> known;

    TaxonomyRegister(Taxonomy file, ReferenceStream stream, EventReader log) {
        this.file = file;
        this.stream = stream;
        this.known = new Known<>(log, Set.of(TaxonomyEntryListed.TYPE), () -> laidOver(file, changes(stream.events())));
    }

    Taxonomy ofFile() {
        return file;
    }

    @Override
    public Taxonomy now() {
        return known.now();
    }

    /** The taxonomy after these changes. */
    Taxonomy after(TaxonomyChanges changes) {
        return laidOver(file, changes);
    }

    /** All changes, the oldest first. */
    List<Noted> changes() {
        return noted(stream.events());
    }

    /** @param expected version that the change builds on, 0 for what the file says; null when nobody changed it yet */
    Outcome<Listed> list(TaxonomyList list, TaxonomyEntry entry, @Nullable Long expected, EventMetadata metadata) {
        Outcome<Listed> outcome = stream.change(
                metadata,
                events -> {
                    TaxonomyChanges changes = changes(events);
                    List<Rejection> refusals = laidOver(file, changes).refusals(list, entry);
                    if (!refusals.isEmpty()) {
                        return Decision.of(new Outcome.Refused<>(refusals));
                    }
                    Listed before = changes.entry(entry.list(), entry.code()).orElse(null);
                    long version = before == null
                            ? Outcome.ofFile(file.find(list, entry.code()).isPresent())
                            : before.version();
                    boolean same = before != null && before.entry().equals(entry);
                    return Outcome.decide(before, version, same, expected, new TaxonomyEntryListed(entry));
                },
                events -> new Outcome.Done<>(
                        changes(events).entry(entry.list(), entry.code()).orElseThrow(), true));
        known.forget();
        return outcome;
    }

    private static Taxonomy laidOver(Taxonomy file, TaxonomyChanges changes) {
        try {
            return file.with(changes);
        } catch (InvalidTaxonomyException e) {
            LOG.error("ALARM: the taxonomy's file contradicts what was changed since: {}", e.getMessage());
            throw new KeysUnavailableException("the taxonomy contradicts itself");
        }
    }

    private static TaxonomyChanges changes(List<OpenedEvent> events) {
        return TaxonomyChanges.of(noted(events));
    }

    private static List<Noted> noted(List<OpenedEvent> events) {
        return events.stream()
                .map(opened -> {
                    if (!(opened.event() instanceof TaxonomyEvent event)) {
                        throw new KeysUnavailableException("the changes of the taxonomy do not open");
                    }
                    return new Noted(
                            event,
                            opened.metadata().actor(),
                            opened.metadata().reason(),
                            opened.stored().recordedAt());
                })
                .toList();
    }
}
