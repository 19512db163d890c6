package eu.diplomatics.registry.shredding;

import eu.diplomatics.eventstore.Condition;
import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.StoredEvent;
import eu.diplomatics.keyring.ShredLedger;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.qualification.DomainEvent.StreamShredded;
import eu.diplomatics.registry.keys.KeyOperation;
import eu.diplomatics.registry.keys.KeyOperationException;
import eu.diplomatics.vault.EventVault;
import eu.diplomatics.vault.OpenedEvent;
import eu.diplomatics.vault.Opening;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** After an older copy of the keyring was put back: shreds again what the log says was shredded since. */
final class ReplayShreddings implements KeyOperation {
    private static final int PAGE = 500;

    private final EventReader reader;
    private final EventVault vault;
    private final ShredLedger ledger;
    private final InstantSource clock;

    ReplayShreddings(EventReader reader, EventVault vault, ShredLedger ledger, InstantSource clock) {
        this.reader = reader;
        this.vault = vault;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "replay-shreddings";
    }

    @Override
    public String description() {
        return "shreds again what the log says was shredded; after an older keyring was put back";
    }

    @Override
    public void run(Run run) {
        run.step("read tombstones");
        long again = 0;
        long seen = 0;
        long last = 0;
        while (true) {
            List<StoredEvent> page =
                    reader.matching(List.of(new Condition(last, List.of(), Set.of(StreamShredded.TYPE))), PAGE);
            if (page.isEmpty()) {
                return;
            }
            for (Opening opening : vault.openEach(page)) {
                seen++;
                switch (opening) {
                    case Opening.Opened(OpenedEvent event) -> again += shredAgain(event) ? 1 : 0;
                    case Opening.Shredded unreadable ->
                        throw new KeyOperationException("the tombstone at position "
                                + unreadable.stored().position() + " has no key: put back a newer copy of the keyring");
                }
            }
            last = page.getLast().position();
            run.progress(again, seen);
        }
    }

    private boolean shredAgain(OpenedEvent opened) {
        return opened.event() instanceof StreamShredded event
                && ledger.again(
                        new Shredding(
                                event.stream(),
                                opened.stored().context().stream(),
                                Shredding.Kind.valueOf(event.kind()),
                                event.reasonCode(),
                                event.legalBasis(),
                                event.askedAt(),
                                null,
                                0,
                                null),
                        clock.instant());
    }
}
