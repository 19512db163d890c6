package eu.diplomatics.registry.destruction;

import eu.diplomatics.inventory.InventorySigner;
import eu.diplomatics.inventory.KeyringArtefacts;
import eu.diplomatics.inventory.KeyringArtefacts.EpochKey;
import eu.diplomatics.inventory.StatementFile;
import eu.diplomatics.keyring.Custodian;
import eu.diplomatics.keyring.Custodian.ExpireRequest;
import eu.diplomatics.keyring.Custodian.SignedStatement;
import eu.diplomatics.keyring.CustodianRefusalException;
import eu.diplomatics.keyring.DestructionReceipt;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.qualification.DomainEvent.KeyRetired;
import eu.diplomatics.registry.destruction.DestructionStore.Kind;
import eu.diplomatics.registry.destruction.DestructionStore.Known;
import eu.diplomatics.registry.destruction.DestructionStore.Receipt;
import eu.diplomatics.registry.keys.EpochKeys;
import eu.diplomatics.registry.keys.KeyOperation;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each site of the custodian to destroy its epoch keys of past days under which the keyring no longer stands, keeps
 * the receipts, and says in the log when a key is gone everywhere. Whether the time has come the custodian judges, by the
 * controller's schedule and the index of generations. Interrupted at any step it goes on: what was signed is written down
 * before it goes out, a site gives the first receipt again, and the event has one id for ever.
 */
final class KeyDestruction implements KeyOperation, EpochKeys {
    static final String KIND = "epoch-keys";
    private static final Logger LOG = LoggerFactory.getLogger(KeyDestruction.class);
    private static final int SHOWN = 100;

    private final DestructionStore store;
    private final KeyringArtefacts keyring;
    private final InventorySigner signer;
    private final Custodian custodian;
    private final Retirement retirement;
    private final DestructionSettings settings;
    private final ReceiptCheck check;
    private final InstantSource clock;

    KeyDestruction(
            DestructionStore store,
            KeyringArtefacts keyring,
            InventorySigner signer,
            Custodian custodian,
            Retirement retirement,
            DestructionSettings settings,
            InstantSource clock) {
        this.store = store;
        this.keyring = keyring;
        this.signer = signer;
        this.custodian = custodian;
        this.retirement = retirement;
        this.settings = settings;
        this.check = new ReceiptCheck(settings.receiptKeys(), store::statement);
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String description() {
        return "has the epoch keys of past days destroyed that the schedule lets go, and keeps the receipts";
    }

    @Override
    public boolean isDue(Instant now) {
        Look look = look(now);
        if (!unsaid(look.open()).isEmpty()) {
            return true;
        }
        List<Known> due = due(look.open(), look.held(), now);
        return state(due) == State.ASKING
                && due.stream()
                        .anyMatch(key -> key.askedAt() == null
                                || !now.isBefore(key.askedAt().plus(settings.retry())));
    }

    @Override
    public void run(Run run) {
        run.step("looking what is due");
        Instant now = clock.instant();
        Look look = look(now);
        List<Known> due = due(look.open(), look.held(), now);
        State state = state(due);
        if (state == State.ASKING) {
            run.step("asking the custodian");
            ask(due, run);
        }
        run.step("saying in the log what is gone");
        unsaid(store.open()).forEach((label, receipts) -> {
            store.retired(label, retirement.append(event(label, receipts)), clock.instant());
            LOG.info("{} is no more: {} receipts", label, receipts.size());
        });
        if (state != State.ASKING && state != State.NOTHING_DUE) {
            run.step(state.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + due.size() + " due");
        }
    }

    @Override
    public Shown epochKeys() {
        Instant now = clock.instant();
        List<Known> keys = store.newest(SHOWN);
        Set<EpochKey> held = keyring.epochKeys();
        List<Key> shown = new ArrayList<>();
        for (Known known : keys) {
            Receipt receipt = known.receipt();
            shown.add(new Key(
                    known.key().label(),
                    known.key().custodian(),
                    stateOf(known, held, now),
                    known.askedAt(),
                    known.answer(),
                    receipt == null ? null : receipt.hash()));
        }
        return new Shown(state(due(keys, held, now)), shown);
    }

    private static String stateOf(Known known, Set<EpochKey> held, Instant now) {
        if (known.receipt() != null) {
            return known.event() == null ? "DESTROYED" : "RETIRED";
        }
        return isDue(known, held, now) ? "DUE" : "IN_USE";
    }

    /**
     * What there is to do.
     *
     * @param held what the keyring stands under
     */
    private record Look(Set<EpochKey> held, List<Known> open) {}

    /** Under what the keyring stands now is remembered, for when it no longer does. */
    private Look look(Instant now) {
        Set<EpochKey> held = keyring.epochKeys();
        List<Known> open = store.open();
        List<EpochKey> fresh = held.stream()
                .filter(key -> open.stream().noneMatch(known -> known.key().equals(key)))
                .toList();
        if (fresh.isEmpty()) {
            return new Look(held, open);
        }
        store.see(fresh, now);
        return new Look(held, store.open());
    }

    private static List<Known> due(List<Known> keys, Set<EpochKey> held, Instant now) {
        return keys.stream()
                .filter(known -> isDue(known, held, now))
                .sorted(Comparator.comparing(known -> known.key().label()))
                .toList();
    }

    private static boolean isDue(Known known, Set<EpochKey> held, Instant now) {
        return known.receipt() == null
                && !held.contains(known.key())
                && ReceiptCheck.day(known.key().label()).isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC));
    }

    private State state(List<Known> due) {
        if (due.isEmpty()) {
            return State.NOTHING_DUE;
        }
        if (settings.generations() == null) {
            return State.WAITING_FOR_GENERATION_INDEX;
        }
        Map<String, SignedStatement> schedules = schedules();
        if (due.stream().noneMatch(known -> schedules.containsKey(known.key().custodian()))) {
            return State.WAITING_FOR_SCHEDULE;
        }
        return due.stream().noneMatch(known -> check.knows(known.key().custodian()))
                ? State.WAITING_FOR_RECEIPT_KEY
                : State.ASKING;
    }

    private Map<String, SignedStatement> schedules() {
        Map<String, SignedStatement> bySite = new HashMap<>();
        settings.schedules().stream()
                .flatMap(file -> StatementFile.read(file).stream())
                .forEach(schedule -> StatementFile.custodian(schedule).ifPresent(site -> bySite.put(site, schedule)));
        return bySite;
    }

    private void ask(List<Known> due, Run run) {
        Map<String, SignedStatement> schedules = schedules();
        Optional<SignedStatement> generations =
                Optional.ofNullable(settings.generations()).flatMap(StatementFile::read);
        Map<String, SignedStatement> statements = new HashMap<>();
        int asked = 0;
        for (Known known : due) {
            EpochKey key = known.key();
            SignedStatement schedule = schedules.get(key.custodian());
            String answer;
            if (generations.isEmpty()) {
                answer = "GENERATION_INDEX_UNREADABLE";
            } else if (schedule == null) {
                answer = "NO_SCHEDULE";
            } else if (!check.knows(key.custodian())) {
                answer = "NO_RECEIPT_KEY";
            } else {
                SignedStatement statement = statements.computeIfAbsent(key.custodian(), this::statement);
                answer = ask(key, new ExpireRequest(key.label(), schedule, generations.get(), statement));
            }
            store.answered(key, answer, clock.instant());
            run.progress(++asked, due.size());
        }
    }

    /** What stands under which keys just now; written down before it goes out. */
    private SignedStatement statement(String site) {
        Instant now = clock.instant();
        List<String> labels = keyring.epochKeys().stream()
                .filter(held -> held.custodian().equals(site))
                .map(EpochKey::label)
                .toList();
        SignedStatement statement = signer.keyring(site, labels, now);
        store.signed(Kind.KEYRING, site, null, statement, now);
        return statement;
    }

    /** @return the answer in a word */
    private String ask(EpochKey key, ExpireRequest request) {
        DestructionReceipt receipt;
        try {
            receipt = custodian.expire(key.custodian(), request);
        } catch (CustodianRefusalException e) {
            return e.code();
        } catch (KeysUnavailableException e) {
            return "AWAY";
        }
        return keep(key, receipt).map(why -> "RECEIPT_" + why).orElse("DESTROYED");
    }

    private Optional<ReceiptCheck.Why> keep(EpochKey key, DestructionReceipt receipt) {
        Instant now = clock.instant();
        return switch (check.check(key, receipt, now)) {
            case ReceiptCheck.Outcome.Good good -> {
                store.see(List.of(key), now);
                store.keep(key, receipt, good.said(), now);
                yield Optional.empty();
            }
            case ReceiptCheck.Outcome.Bad bad -> {
                LOG.error("ALARM: receipt for {} of site {} refused: {}", key.label(), key.custodian(), bad.why());
                yield Optional.of(bad.why());
            }
        };
    }

    /**
     * Keeps a receipt that somebody brings, if it holds; its event follows with the next look. It may be of a key under
     * which the keyring never stood, such as one made by mistake: this registry signed that nothing stands under it.
     *
     * @param named what this registry signed, which the receipt names, when the registry itself has lost it
     * @return why it does not
     */
    Optional<String> keep(DestructionReceipt receipt, @Nullable SignedStatement named) {
        if (named != null) {
            signer.said(named)
                    .ifPresent(said -> store.signed(
                            said.label() == null ? Kind.KEYRING : Kind.INVENTORY,
                            said.custodian(),
                            said.label(),
                            named,
                            said.issuedAt()));
        }
        return receipt.said()
                .map(said -> keep(new EpochKey(said.label(), said.custodian()), receipt))
                .orElse(Optional.of(ReceiptCheck.Why.NOT_WHOLE))
                .map(Enum::name);
    }

    /** Keys that are destroyed wherever they were, and of which the log does not say so yet. */
    private static Map<String, List<Known>> unsaid(List<Known> keys) {
        Map<String, List<Known>> byLabel = new TreeMap<>();
        keys.forEach(known -> byLabel.computeIfAbsent(known.key().label(), label -> new ArrayList<>())
                .add(known));
        byLabel.values()
                .removeIf(sites -> sites.stream().anyMatch(known -> known.receipt() == null || known.event() != null));
        return byLabel;
    }

    private static KeyRetired event(String label, List<Known> sites) {
        List<KeyRetired.Destruction> destructions = new ArrayList<>();
        for (Known known : sites) {
            @Nullable Receipt receipt = known.receipt();
            if (receipt != null) {
                destructions.add(
                        new KeyRetired.Destruction(known.key().custodian(), receipt.hash(), receipt.inventoryHash()));
            }
        }
        return new KeyRetired(label, destructions);
    }
}
