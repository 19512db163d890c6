package eu.diplomatics.inventory;

import eu.diplomatics.eventstore.LogUnavailableException;
import eu.diplomatics.inventory.Finding.Code;
import eu.diplomatics.inventory.LogArtefacts.Generation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Which key protects what, and whether every reference holds: each ciphertext has a data key or stands in the shred
 * ledger, each data key a KEK, each KEK a wrap of every site, and nothing stands under a key that is over. From metadata
 * only: that keys open what they are said to open, reading shows.
 */
public final class KeyAudit {
    private static final int ATTEMPTS = 3;
    private static final int NAMED = 5;

    private final List<ArtefactSource> others;
    private final KeyringArtefacts keyring;
    private final LogArtefacts log;
    private final int sites;
    private final Supplier<Set<String>> destroyed;
    private final InstantSource clock;

    /**
     * @param others what there is beside keyring and log
     * @param sites how many different sites have to wrap each KEK
     * @param destroyed epoch keys, {@code label@custodian}, of which there is a receipt
     */
    public KeyAudit(
            Collection<? extends ArtefactSource> others,
            KeyringArtefacts keyring,
            LogArtefacts log,
            int sites,
            Supplier<Set<String>> destroyed,
            InstantSource clock) {
        this.others = List.copyOf(others);
        this.keyring = keyring;
        this.log = log;
        this.sites = sites;
        this.destroyed = destroyed;
        this.clock = clock;
    }

    /** Tells every holding, and what could not be counted. */
    public void inventory(Report report) {
        Seen seen = look(report);
        seen.holdings.forEach(report::holding);
        seen.findings.stream().filter(Finding::isUncounted).forEach(report::finding);
    }

    /** Tells every holding and everything that is wrong. */
    public void audit(Report report) {
        for (int attempt = 1; ; attempt++) {
            Seen seen = look(report);
            List<Finding> findings = new ArrayList<>(seen.findings);
            judge(seen, findings::add);
            streams(seen, report, findings::add);
            if (seen.generations.equals(log.generations()) || attempt == ATTEMPTS) {
                seen.holdings.forEach(report::holding);
                findings.forEach(report::finding);
                return;
            }
        }
    }

    /** What all sources told, and the generations there were meanwhile. */
    private record Seen(List<Holding> holdings, List<Finding> findings, List<Generation> generations) {
        List<Holding> of(String store, String artefact) {
            return holdings.stream()
                    .filter(holding ->
                            holding.store().equals(store) && holding.artefact().equals(artefact))
                    .toList();
        }
    }

    private Seen look(Report report) {
        for (int attempt = 1; ; attempt++) {
            List<Generation> before = log.generations();
            List<UUID> keks = keyring.keks();
            try {
                // the log first: a data key is there before anything is sealed under it
                Collected collected = new Collected(report);
                log.report(collected);
                keyring.report(collected);
                others.forEach(other -> other.report(collected));
                if (before.equals(log.generations()) && keks.equals(keyring.keks()) || attempt == ATTEMPTS) {
                    return new Seen(collected.holdings(), collected.findings(), before);
                }
            } catch (LogUnavailableException e) {
                // a table that was dropped meanwhile
                if (before.equals(log.generations()) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void judge(Seen seen, Consumer<Finding> findings) {
        keks(seen, findings);
        Set<String> secrets = new TreeSet<>();
        seen.of(KeyringArtefacts.STORE, KeyringArtefacts.SECRET).forEach(secret -> secrets.add("" + secret.part()));
        new References(seen.generations, secrets, keyring.indexVersions(), clock.instant())
                .check(seen.holdings, findings);
    }

    private void keks(Seen seen, Consumer<Finding> findings) {
        Map<String, Set<String>> wraps = new LinkedHashMap<>();
        Set<String> gone = destroyed.get();
        String newest = null;
        for (Holding wrap : seen.holdings) {
            if (!wrap.key().equals(Holding.EPOCH_KEY)) {
                continue;
            }
            String kek = "" + wrap.part();
            if (newest == null && wrap.artefact().equals(KeyringArtefacts.WRAPPED_KEK)) {
                newest = kek;
            }
            wraps.computeIfAbsent(kek, key -> new LinkedHashSet<>()).add(wrap.version());
            if (gone.contains(wrap.version())) {
                findings.accept(Finding.of(Code.KEY_RETIRED, wrap, wrap.version() + " was destroyed"));
            }
        }
        wraps.forEach((kek, labels) -> {
            if (labels.size() < sites) {
                findings.accept(new Finding(
                        Code.WRAP_MISSING,
                        "keyring.kek " + kek,
                        1,
                        "wrapped by " + String.join(", ", labels) + " only, of " + sites + " sites"));
            }
        });
        Set<String> beingFilled = new LinkedHashSet<>();
        seen.of(KeyringArtefacts.STORE, "rewrite").forEach(wrap -> beingFilled.add("" + wrap.part()));
        for (Holding holding : seen.holdings) {
            if (!holding.key().equals(Holding.KEK)) {
                continue;
            }
            if (!wraps.containsKey(holding.version())) {
                findings.accept(
                        Finding.of(Code.KEK_MISSING, holding, "KEK " + holding.version() + " is not in the keyring"));
            } else if (!holding.version().equals(newest) && !beingFilled.contains(holding.version())) {
                findings.accept(Finding.of(Code.KEK_OLD, holding, "KEK " + holding.version() + " is not the newest"));
            }
        }
    }

    /** Every stream against the keys and the ledger, range by range; memory stays flat. */
    private void streams(Seen seen, Report report, Consumer<Finding> findings) {
        int current = seen.generations.stream()
                .filter(Generation::current)
                .mapToInt(Generation::number)
                .findFirst()
                .orElse(1);
        int oldest = seen.generations.stream()
                .filter(Generation::readable)
                .mapToInt(Generation::number)
                .min()
                .orElse(1);
        Tally missing = new Tally();
        Tally old = new Tally();
        UuidRanges ranges = keyring.ranges();
        // the keys after the streams: a key is there before anything is sealed under it
        for (int range = 0; range < ranges.count(); range++) {
            UUID first = ranges.first(range);
            UUID last = ranges.last(range);
            List<UUID> streams = log.streams(first, last);
            Map<UUID, Set<Integer>> keys = keyring.generations(first, last);
            Set<UUID> shredded = keyring.shredded(first, last);
            for (UUID stream : streams) {
                Set<Integer> generations = keys.getOrDefault(stream, Set.of());
                if (!generations.contains(current) && !shredded.contains(stream)) {
                    missing.add(stream);
                }
            }
            keys.forEach((stream, generations) -> {
                // a key that stands alone, of a stream without events, opens nothing and stays
                if (generations.size() > 1 && generations.stream().anyMatch(number -> number < oldest)) {
                    old.add(stream);
                }
            });
            report.progress("comparing streams with keys", range + 1L, ranges.count());
        }
        missing.tell(
                Code.KEY_MISSING,
                "eventstore.ciphertext_" + current,
                "neither a key of generation " + current + " nor a row in the shred ledger; streams ",
                findings);
        old.tell(Code.KEY_OLD, "keyring.data_key", "of a generation before " + oldest + "; streams ", findings);
    }

    /** How many, and the first few of them. */
    private static final class Tally {
        private final List<String> first = new ArrayList<>();
        private long count;

        void add(UUID stream) {
            if (count++ < NAMED) {
                first.add(stream.toString());
            }
        }

        void tell(Code code, String where, String detail, Consumer<Finding> findings) {
            if (count > 0) {
                findings.accept(new Finding(
                        code, where, count, detail + String.join(", ", first) + (count > NAMED ? " and more" : "")));
            }
        }
    }
}
