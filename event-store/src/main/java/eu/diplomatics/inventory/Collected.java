package eu.diplomatics.inventory;

import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told until it is known that nothing changed underneath; passes progress on. */
final class Collected implements Report {
    private final Report progress;
    private final List<Holding> holdings = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    Collected(Report progress) {
        this.progress = progress;
    }

    List<Holding> holdings() {
        return holdings;
    }

    List<Finding> findings() {
        return findings;
    }

    @Override
    public void holding(Holding holding) {
        holdings.add(holding);
    }

    @Override
    public void finding(Finding finding) {
        findings.add(finding);
    }

    @Override
    public void progress(String step, long done, long total) {
        progress.progress(step, done, total);
    }
}
