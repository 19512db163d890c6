package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.GenerationId;
import eu.diplomatics.backup.generation.GenerationIndex;
import eu.diplomatics.backup.generation.GenerationStore;
import eu.diplomatics.backup.generation.Run;
import eu.diplomatics.backup.generation.RunStore;
import eu.diplomatics.backup.tail.TailManifest;
import eu.diplomatics.backup.tail.TailStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "how old the newest generation is; status 0 when it is not too old")
final class StatusCommand implements Callable<Integer> {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        BackupConfiguration configuration = tool.configuration();
        GenerationStore store = configuration.store();
        List<CopyStatus> copies = copies(configuration);
        Optional<GenerationIndex> index = store.index();
        Optional<TailManifest> tail = newestTail(store);
        RunStore runStore = new RunStore(store);
        List<Run> runs = runStore.all();
        Watched.bring(configuration, runStore);
        Optional<Duration> age = index.flatMap(GenerationIndex::newest)
                .map(entry -> Duration.between(entry.verifiedAt(), tool.clock().instant()));
        Freshness freshness = Freshness.of(age);
        int count = index.map(GenerationIndex::generations).orElse(List.of()).size();
        if (json) {
            Map<String, Object> line = new TreeMap<>();
            line.put("state", freshness.name());
            line.put("generations", count);
            age.ifPresent(known -> line.put("ageSeconds", known.toSeconds()));
            tail.ifPresent(last -> {
                line.put("tailAgeSeconds", ageOf(last).toSeconds());
                line.put("tailPosition", last.log().position());
            });
            if (!runs.isEmpty()) {
                line.put("runs", runs.stream().map(StatusCommand::members).toList());
            }
            if (!copies.isEmpty()) {
                line.put("copies", copies);
            }
            tool.out().println(BackupApplication.json(line));
        } else {
            tool.out()
                    .printf(
                            "%s: %d generation(s)%s%n",
                            freshness,
                            count,
                            age.map(known -> ", the newest verified " + known.toHours() + " h ago")
                                    .orElse(""));
        }
        if (!json) {
            tail.ifPresent(last -> tool.out()
                    .printf(
                            Locale.ROOT,
                            "tail: up to event %,d, %d s ago%n",
                            last.log().position(),
                            ageOf(last).toSeconds()));
        }
        for (Run run : runs) {
            if (!json) {
                tool.out()
                        .printf(
                                Locale.ROOT,
                                "last %s: %s, in %.1f s, %,.1f MB%n",
                                run.operation(),
                                run.at(),
                                run.millis() / 1000.0,
                                BackupApplication.megabytes(run.bytes()));
            }
        }
        for (CopyStatus copy : copies) {
            if (!json) {
                tool.out().println(copy);
            }
        }
        boolean copied = copies.stream().allMatch(copy -> copy.state().equals(Freshness.FRESH.name()));
        return freshness == Freshness.FRESH && copied ? 0 : Failures.FOUND;
    }

    private static Map<String, Object> members(Run run) {
        Map<String, Object> all = new TreeMap<>();
        all.put("operation", run.operation());
        all.put("generation", run.generation());
        all.put("at", run.at().toString());
        all.put("millis", run.millis());
        all.put("bytes", run.bytes());
        all.put("events", run.events());
        return all;
    }

    /** @param state as {@link Freshness} has it, or that it cannot be told */
    record CopyStatus(
            String name,
            String state,
            int generations,
            @Nullable Long ageSeconds) {
        @Override
        public String toString() {
            return "copy " + name + ": " + state + ", " + generations + " generation(s)"
                    + (ageSeconds == null
                            ? ""
                            : ", the newest verified there "
                                    + Duration.ofSeconds(ageSeconds).toHours() + " h ago");
        }
    }

    private List<CopyStatus> copies(BackupConfiguration configuration) {
        List<CopyStatus> told = new ArrayList<>();
        for (String name : configuration.copyNames()) {
            try (GenerationStore store = configuration.store(name)) {
                Optional<GenerationIndex> index = store.index();
                Optional<Duration> age = index.flatMap(GenerationIndex::newest)
                        .map(entry -> Duration.between(
                                entry.verifiedAt(), tool.clock().instant()));
                int count = index.map(GenerationIndex::generations)
                        .orElse(List.of())
                        .size();
                told.add(new CopyStatus(
                        name,
                        Freshness.of(age).name(),
                        count,
                        age.map(Duration::toSeconds).orElse(null)));
            } catch (IOException e) {
                new Failures().explain(e, tool.commandLine().getErr());
                told.add(new CopyStatus(name, "UNKNOWN", 0, null));
            }
        }
        return told;
    }

    private Duration ageOf(TailManifest last) {
        return Duration.between(last.takenAt(), tool.clock().instant());
    }

    /** Of the newest generation that counts. */
    private static Optional<TailManifest> newestTail(GenerationStore store) throws IOException {
        Optional<GenerationId> newest = store.list().stream()
                .filter(stored -> stored.state() == GenerationStore.State.VERIFIED)
                .map(GenerationStore.Stored::id)
                .reduce((one, other) -> other);
        return newest.isEmpty()
                ? Optional.empty()
                : new TailStore(store).newest(newest.get()).map(TailStore.SignedTail::manifest);
    }
}
