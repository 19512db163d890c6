package eu.diplomatics.registry.backup;

import eu.diplomatics.golive.GoLiveCondition;
import java.util.function.Supplier;

/** A generation of backup was verified, and not long ago (R17, R33). */
final class VerifiedGeneration implements GoLiveCondition {
    private final Supplier<BackupWatch.State> look;

    VerifiedGeneration(Supplier<BackupWatch.State> look) {
        this.look = look;
    }

    @Override
    public String id() {
        return "verified-generation";
    }

    @Override
    public String requirement() {
        return "R17";
    }

    @Override
    public Verdict check() {
        BackupWatch.State state = look.get();
        return switch (state.condition()) {
            case NOT_LOOKED, NOT_CONFIGURED ->
                Verdict.red(
                        "nobody told where the index of generations is and who signs it",
                        "set diplomatics.backup.index and diplomatics.backup.manifest-keys");
            case UNBELIEVED ->
                Verdict.red(
                        "the index of generations is signed by no manifest key that is believed",
                        "find out who changed it (docs/runbooks/backup.md)");
            case LATE, OVERDUE ->
                Verdict.red(
                        "no generation was verified for more than a day",
                        "look why backup create fails (docs/runbooks/backup.md)");
            case FRESH ->
                state.generations().isEmpty()
                        ? Verdict.red("no generation was made yet", "backup create (docs/runbooks/backup.md)")
                        : Verdict.green("the newest generation was verified within 26 hours");
        };
    }
}
