package eu.diplomatics.registry.keys;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.eventstore.ReferenceTags;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.generation.TagRotation;
import eu.diplomatics.generation.TagRotation.Both;
import eu.diplomatics.generation.TagRotation.Tagged;
import eu.diplomatics.keyring.Keyring;
import eu.diplomatics.keyring.SecretVersions;
import eu.diplomatics.qualification.DomainEvent.QualificationRegistered;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Tags supplier references anew from what the registrations in the log say. */
public final class ReferenceTagger implements TagRotation.Tagger {
    static final String KEY = ReferenceTags.KEY;
    private static final String REGISTERED = "QualificationRegistered";

    private final Keyring keyring;
    private final EventVault vault;
    private final Function<Collection<UUID>, Set<UUID>> shredded;

    /** @param shredded which of these streams were shredded: their keys are gone on purpose */
    public ReferenceTagger(Keyring keyring, EventVault vault, Function<Collection<UUID>, Set<UUID>> shredded) {
        this.keyring = keyring;
        this.vault = vault;
        this.shredded = shredded;
    }

    @Override
    public void prepare(int version) {
        keyring.secret(SecretVersions.named(KEY, version)).close();
    }

    @Override
    public Tagged tag(List<StoredEvent> events, int current, int next) {
        List<StoredEvent> registered = events.stream()
                .filter(event -> event.context().type().equals(REGISTERED))
                .toList();
        List<Both> tags = new ArrayList<>(registered.size());
        List<StoredEvent> closed = new ArrayList<>();
        try (SecretBytes currentKey = keyring.secret(SecretVersions.named(KEY, current));
                SecretBytes nextKey = keyring.secret(SecretVersions.named(KEY, next))) {
            for (Opening opening : vault.openEach(registered)) {
                switch (opening) {
                    case Opening.Opened(OpenedEvent event)
                    when event.event() instanceof QualificationRegistered says ->
                        tags.add(new Both(
                                event.stored().position(),
                                ReferenceTags.of(currentKey, says.supplier(), says.supplierReference()),
                                ReferenceTags.of(nextKey, says.supplier(), says.supplierReference())));
                    case Opening.Opened(OpenedEvent other) ->
                        throw new KeyOperationException(
                                "the event at position " + other.stored().position() + " is not what it claims to be");
                    case Opening.Shredded(StoredEvent stored) -> closed.add(stored);
                }
            }
        }
        Set<UUID> gone = shredded.apply(
                closed.stream().map(event -> event.context().stream()).toList());
        for (StoredEvent event : closed) {
            if (!gone.contains(event.context().stream())) {
                throw new KeyOperationException("the key of the event at position " + event.position()
                        + " is gone and was not shredded: restore it, nothing was switched");
            }
        }
        return new Tagged(tags, closed.size());
    }
}
