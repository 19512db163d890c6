package eu.diplomatics.registry.mandate;

import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.pseudonym.AgencyPseudonyms;
import eu.diplomatics.qualification.DomainEvent.MandateEvent;
import eu.diplomatics.qualification.DomainEvent.MandateGranted;
import eu.diplomatics.qualification.DomainEvent.MandateWithdrawn;
import eu.diplomatics.qualification.EventMetadata;
import eu.diplomatics.qualification.Mandate;
import eu.diplomatics.qualification.Mandates;
import eu.diplomatics.qualification.Mandates.Granted;
import eu.diplomatics.qualification.Mandates.Noted;
import eu.diplomatics.registry.reference.ReferenceStream;
import eu.diplomatics.registry.reference.ReferenceStream.Decision;
import eu.diplomatics.vault.OpenedEvent;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The mandates, and how they are changed. */
final class Catalogue {
    private final ReferenceStream stream;
    private final Keyring keyring;

    Catalogue(ReferenceStream stream, Keyring keyring) {
        this.stream = stream;
        this.keyring = keyring;
    }

    /** What became of a change. */
    sealed interface Outcome {
        /** @param now false when it was so already */
        record Done(Granted granted, boolean now) implements Outcome {}

        /** There is one, and the request does not say which version it builds on. */
        record VersionMissing() implements Outcome {}

        record Stale() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    /** All changes, the oldest first. */
    List<Noted> changes() {
        return noted(stream.events());
    }

    private static List<Noted> noted(List<OpenedEvent> events) {
        return events.stream()
                .map(opened -> {
                    if (!(opened.event() instanceof MandateEvent event)) {
                        throw new KeysUnavailableException("the catalogue of mandates does not open");
                    }
                    return new Noted(
                            event,
                            opened.metadata().actor(),
                            opened.metadata().reason(),
                            opened.stored().recordedAt());
                })
                .toList();
    }

    /** @param expected version that the change builds on; null when there is none yet */
    Outcome grant(Mandate terms, @Nullable Long expected, EventMetadata metadata) {
        if (terms.fields().contains("pseudonym")) {
            AgencyPseudonyms.prepare(keyring);
        }
        return change(terms.agency(), terms.purpose(), metadata, mandates -> {
            Granted before = mandates.find(terms.agency(), terms.purpose()).orElse(null);
            if (before == null) {
                return expected == null
                        ? Decision.append(new MandateGranted(UUID.randomUUID(), terms))
                        : Decision.of(new Outcome.Stale());
            }
            if (before.withdrawal() == null && before.terms().equals(terms)) {
                return Decision.of(new Outcome.Done(before, false));
            }
            if (expected == null) {
                return Decision.of(new Outcome.VersionMissing());
            }
            return expected == before.version()
                    ? Decision.append(new MandateGranted(before.id(), terms))
                    : Decision.of(new Outcome.Stale());
        });
    }

    Outcome withdraw(String agency, String purpose, String reasonCode, EventMetadata metadata) {
        return change(agency, purpose, metadata, mandates -> {
            Granted before = mandates.find(agency, purpose).orElse(null);
            if (before == null) {
                return Decision.of(new Outcome.Unknown());
            }
            return before.withdrawal() == null
                    ? Decision.append(new MandateWithdrawn(before.id(), agency, purpose, reasonCode))
                    : Decision.of(new Outcome.Done(before, false));
        });
    }

    private Outcome change(
            String agency, String purpose, EventMetadata metadata, Function<Mandates, Decision<Outcome>> decide) {
        return stream.change(
                metadata,
                events -> decide.apply(Mandates.of(noted(events))),
                events -> new Outcome.Done(
                        Mandates.of(noted(events)).find(agency, purpose).orElseThrow(), true));
    }
}
