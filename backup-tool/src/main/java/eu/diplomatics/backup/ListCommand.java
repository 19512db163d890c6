package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.backup.generation.Manifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "the generations, the oldest first; status 0 when those that count are whole")
final class ListCommand implements Callable<Integer> {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Mixin
    private PlaceOption place = new PlaceOption();

    /** A generation as whoever reads {@code list --json} relies on it. */
    record Line(String day, String path, String state, long events, long bytes, Map<String, Long> keyVersions) {
        static Line of(Stored stored) {
            return new Line(
                    stored.id().day().toString(),
                    GenerationStore.path(stored.id()),
                    stored.state().name().toLowerCase(Locale.ROOT),
                    stored.manifest().map(manifest -> manifest.log().position()).orElse(0L),
                    stored.bytes(),
                    stored.manifest().map(Manifest::keyVersions).orElse(Map.of()));
        }
    }

    @Override
    public Integer call() throws IOException {
        List<Stored> generations = place.store(tool.configuration()).list();
        List<Line> lines = generations.stream().map(Line::of).toList();
        PrintWriter out = tool.out();
        if (json) {
            out.println(BackupApplication.json(lines));
        } else {
            out.printf("%-12s %-10s %14s %12s  %s%n", "DAY", "STATE", "EVENTS", "MB", "PATH");
            for (Line line : lines) {
                out.printf(
                        Locale.ROOT,
                        "%-12s %-10s %,14d %,12.1f  %s%n",
                        line.day(),
                        line.state(),
                        line.events(),
                        BackupApplication.megabytes(line.bytes()),
                        line.path());
            }
        }
        boolean broken = generations.stream().anyMatch(each -> each.state() == State.BROKEN);
        return broken ? Failures.FOUND : 0;
    }
}
