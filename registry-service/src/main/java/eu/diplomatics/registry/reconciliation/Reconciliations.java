package eu.diplomatics.registry.reconciliation;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.receipt.Times;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.receipt.Receipts;
import eu.diplomatics.registry.reconciliation.RegisteredRecords.Held;
import eu.diplomatics.vault.EventVault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciliations, one after the other, and their results for an hour. They are kept in memory only: after a restart the
 * list is sent again.
 */
final class Reconciliations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliations.class);
    private static final String TYPE = "diplomatics reconciliation v1";
    private static final Duration KEPT = Duration.ofHours(1);
    private static final int MOST_KEPT = 16;

    private final EventReader reader;
    private final RegisteredRecords records;
    private final Receipts receipts;
    private final InstantSource clock;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("reconciliation").factory());
    private final Map<UUID, Reconciliation> known = new LinkedHashMap<>();

    Reconciliations(EventReader reader, EventVault vault, Receipts receipts, InstantSource clock) {
        this.reader = reader;
        this.records = new RegisteredRecords(reader, vault);
        this.receipts = receipts;
        this.clock = clock;
    }

    /** How far one is. */
    enum State {
        RUNNING,
        DONE,
        FAILED
    }

    /**
     * @param position of the log that was read so far, of {@code head}
     * @param statement signed; null until it is done
     */
    record Reconciliation(
            UUID id,
            String supplier,
            State state,
            long position,
            long head,
            @Nullable String code,
            @Nullable Map<String, Object> statement,
            Instant begunAt) {
        private Reconciliation at(long reached) {
            return new Reconciliation(id, supplier, state, reached, Math.max(head, reached), null, null, begunAt);
        }

        private Reconciliation failed(String why) {
            return new Reconciliation(id, supplier, State.FAILED, position, head, why, null, begunAt);
        }

        private Reconciliation done(Map<String, Object> signed) {
            return new Reconciliation(id, supplier, State.DONE, head, head, null, signed, begunAt);
        }
    }

    /** Empty while another is under way. */
    synchronized Optional<Reconciliation> begin(String supplier, DigestList list, int part, int parts) {
        Instant now = clock.instant();
        known.values()
                .removeIf(each -> each.state() != State.RUNNING
                        && (each.begunAt().plus(KEPT).isBefore(now) || known.size() >= MOST_KEPT));
        if (isBusy()) {
            return Optional.empty();
        }
        Reconciliation begun = new Reconciliation(
                UUID.randomUUID(), supplier, State.RUNNING, 0, reader.head().position(), null, null, now);
        known.put(begun.id(), begun);
        worker.execute(() -> run(begun, list, part, parts));
        return Optional.of(begun);
    }

    synchronized boolean isBusy() {
        return known.values().stream().anyMatch(each -> each.state() == State.RUNNING);
    }

    /** Only its own supplier's. */
    synchronized Optional<Reconciliation> find(UUID id, String supplier) {
        return Optional.ofNullable(known.get(id)).filter(each -> each.supplier().equals(supplier));
    }

    private synchronized void update(Reconciliation now) {
        known.put(now.id(), now);
    }

    private void run(Reconciliation begun, DigestList list, int part, int parts) {
        try {
            long[] read = {0};
            Map<UUID, Held> held = records.of(
                    begun.supplier(),
                    reference -> list.digests().reference(reference).part(parts) == part,
                    DigestList.MOST_LINES,
                    position -> {
                        read[0] = position;
                        update(begun.at(position));
                    });
            Map<UUID, String> holders =
                    records.holders(held.values().stream().map(Held::holder).toList());
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("type", TYPE);
            document.put("supplier", begun.supplier());
            document.put("position", read[0]);
            document.put("checkedAt", Times.format(clock.instant()));
            document.put("part", part);
            document.put("parts", parts);
            document.put("listHash", list.hash());
            document.put("yours", list.lines().size());
            document.put("repeated", list.repeated());
            document.put("ours", held.size());
            document.putAll(Comparison.of(list, held, holders).document());
            update(begun.at(read[0]).done(receipts.signed(document)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            update(begun.failed(ProblemCode.OVERLOADED.name()));
        } catch (RegisteredRecords.TooManyException e) {
            update(begun.failed(ProblemCode.TOO_LARGE.name()));
        } catch (KeysUnavailableException e) {
            update(begun.failed(ProblemCode.KEYS_UNAVAILABLE.name()));
        } catch (LogUnavailableException e) {
            update(begun.failed(ProblemCode.LOG_UNAVAILABLE.name()));
        } catch (RuntimeException e) {
            LOG.error("reconciliation {} failed: {}", begun.id(), e.getClass().getName());
            update(begun.failed(ProblemCode.INTERNAL.name()));
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
