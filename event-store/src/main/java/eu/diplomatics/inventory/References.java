package eu.diplomatics.inventory;

import eu.diplomatics.inventory.Finding.Code;
import eu.diplomatics.inventory.KeyringArtefacts.IndexVersions;
import eu.diplomatics.inventory.LogArtefacts.Generation;
import eu.diplomatics.keyring.AccessIndexVersions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Whether what holdings say they lie under is there, and not over. */
final class References {
    /** So long a change of generations may take to come to its end. */
    private static final Duration CHANGE = Duration.ofDays(1);

    private final List<Generation> generations;
    private final Set<String> secrets;
    private final IndexVersions index;
    private final Instant now;

    /** @param secrets the names in the keyring */
    References(List<Generation> generations, Set<String> secrets, IndexVersions index, Instant now) {
        this.generations = generations;
        this.secrets = secrets;
        this.index = index;
        this.now = now;
    }

    void check(List<Holding> holdings, Consumer<Finding> findings) {
        for (Holding holding : holdings) {
            switch (holding.key()) {
                case Holding.EPOCH_KEY, Holding.KEK, Holding.JOB_KEYS -> {
                    // told by those who see their other end
                }
                case Holding.DATA_KEYS -> generation(holding, findings);
                case Holding.HOLDER_INDEX -> index(holding, findings);
                case Holding.ACCESS_LOG_INDEX -> accessIndex(holding, findings);
                default -> need(holding.version(), holding, findings);
            }
        }
    }

    private void index(Holding holding, Consumer<Finding> findings) {
        int version = Integer.parseInt(holding.version());
        need(version == 1 ? "index-k1" : "index-k1-" + version, holding, findings);
        if (version < index.current() || version > index.newest()) {
            findings.accept(Finding.of(Code.INDEX_OLD, holding, "version " + version + " is not asked any more"));
        }
    }

    /** Every version that was in use and has not ended is searched. */
    private void accessIndex(Holding holding, Consumer<Finding> findings) {
        int version = Integer.parseInt(holding.version());
        need(AccessIndexVersions.ourHalf(version), holding, findings);
        if (!index.accessLog().contains(version)) {
            findings.accept(Finding.of(Code.INDEX_OLD, holding, "version " + version + " is not searched"));
        }
    }

    private void need(String secret, Holding holding, Consumer<Finding> findings) {
        boolean there = secret.equals(Holding.ANY)
                ? secrets.stream().anyMatch(name -> name.matches(Pattern.quote(holding.key()) + "(-\\d{1,6})?"))
                : secrets.contains(secret);
        if (!there && holding.rows() > 0) {
            String missing = secret.equals(Holding.ANY) ? holding.key() : secret;
            findings.accept(Finding.of(Code.SECRET_MISSING, holding, missing + " is not in the keyring"));
        }
    }

    private void generation(Holding holding, Consumer<Finding> findings) {
        Optional<Generation> known = generations.stream()
                .filter(generation -> Integer.toString(generation.number()).equals(holding.version()))
                .findFirst();
        if (known.isEmpty()) {
            findings.accept(
                    Finding.of(Code.GENERATION_OLD, holding, "generation " + holding.version() + " is not known"));
            return;
        }
        Instant ended = known.get().endedAt();
        if (!known.get().current() && ended != null && now.isAfter(ended.plus(CHANGE)) && holding.rows() > 0) {
            findings.accept(
                    Finding.of(Code.GENERATION_OLD, holding, "generation " + holding.version() + " ended " + ended));
        }
    }
}
