package eu.diplomatics.inventory;

import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Inventory and audit of what a service keeps of its own, beside keyring and log. */
public final class PartAudit {
    private final List<ArtefactSource> sources;
    private final KeyringArtefacts keyring;
    private final LogArtefacts log;
    private final InstantSource clock;

    /** {@code keyring} and {@code log} are asked what there is, not counted. */
    public PartAudit(
            Collection<? extends ArtefactSource> sources,
            KeyringArtefacts keyring,
            LogArtefacts log,
            InstantSource clock) {
        this.sources = List.copyOf(sources);
        this.keyring = keyring;
        this.log = log;
        this.clock = clock;
    }

    /** Tells every holding, and what could not be counted. */
    public void inventory(Report report) {
        Collected collected = look(report);
        collected.holdings().forEach(report::holding);
        collected.findings().stream().filter(Finding::isUncounted).forEach(report::finding);
    }

    /** Tells every holding and everything that is wrong. */
    public void audit(Report report) {
        Collected collected = look(report);
        Set<String> secrets = keyring.secrets();
        // after the count: a generation that ended meanwhile is still known for a while
        References references = new References(log.generations(), secrets, keyring.indexVersions(), clock.instant());
        references.check(collected.holdings(), collected::finding);
        collected.holdings().forEach(report::holding);
        collected.findings().forEach(report::finding);
    }

    private Collected look(Report report) {
        Collected collected = new Collected(report);
        sources.forEach(source -> source.report(collected));
        return collected;
    }
}
