package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.keyring.HttpsCustodian;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process on a small file system of its own: makes generations until three count, fills the rest, and tries another. */
final class FullDisk {
    private static final int LEFT_BYTES = 40_000;
    private static final int PIECE = 4_096;

    private FullDisk() {}

    /** The configuration, whose place lies on the small file system, and how far the clock is ahead. Prints what it found. */
    public static void main(String[] args) throws Exception {
        JsonNode configuration = JsonMapper.shared().readTree(Files.readAllBytes(Path.of(args[0])));
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.parse(args[1]));
        InstantSource clock = () -> Instant.now().plus(ahead.get());
        GenerationStore store = KilledBackup.store(configuration);
        Path ballast = Path.of(store.place().name()).resolveSibling("ballast");
        try (HttpsCustodian custodian = KilledBackup.custodian(configuration)) {
            for (int day = 0; day < GenerationIndex.KEPT; day++) {
                create(configuration, store, custodian, clock);
                ahead.updateAndGet(before -> before.plusDays(1));
            }
            List<GenerationId> three = named(store);
            fill(ballast);
            try {
                create(configuration, store, custodian, clock);
                say("made on a full disk");
            } catch (IOException e) {
                say("refused: " + e.getMessage());
            }
            say("the same three count: "
                    + (three.size() == GenerationIndex.KEPT && named(store).equals(three)));
            say("whole: " + areWhole(store, custodian));
            Files.delete(ballast);
            create(configuration, store, custodian, clock);
            say("made when there was room: "
                    + (named(store).size() == GenerationIndex.KEPT
                            && !named(store).equals(three)));
            say("whole: " + areWhole(store, custodian));
            try (Stream<Path> spool = Files.list(store.place().spool())) {
                say("left over: " + spool.count());
            }
        }
    }

    private static void say(String fact) {
        System.out.println(fact);
    }

    private static void create(
            JsonNode configuration, GenerationStore store, HttpsCustodian custodian, InstantSource clock)
            throws Exception {
        new CreateGeneration(
                        store,
                        KilledBackup.sources(configuration),
                        custodian,
                        clock,
                        new CreateGeneration.Settings(BackupFixture.SEGMENT_BYTES, "test"),
                        (table, rows, bytes) -> {})
                .create();
    }

    private static void fill(Path ballast) throws IOException {
        byte[] piece = new byte[PIECE];
        try (var out = Files.newOutputStream(ballast)) {
            while (ballast.toFile().getUsableSpace() > LEFT_BYTES) {
                out.write(piece);
            }
        }
    }

    private static List<GenerationId> named(GenerationStore store) throws IOException {
        return store.list().stream()
                .filter(each -> each.state() == State.VERIFIED)
                .map(Stored::id)
                .toList();
    }

    private static boolean areWhole(GenerationStore store, HttpsCustodian custodian) throws IOException {
        for (GenerationId id : named(store)) {
            if (!new VerifyGeneration(store).verify(id, custodian).findings().isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
