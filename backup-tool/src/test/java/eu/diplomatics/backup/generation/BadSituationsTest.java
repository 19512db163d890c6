package eu.diplomatics.backup.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.generation.CreateGeneration.Step;
import eu.diplomatics.backup.generation.GenerationStore.State;
import eu.diplomatics.backup.generation.GenerationStore.Stored;
import eu.diplomatics.keyring.KeysUnavailableException;
import eu.diplomatics.keyring.TestCustodian;
import eu.diplomatics.local.PostgresInstance;
import eu.diplomatics.local.TestServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may come in the way of a backup, beyond what stands with the parts: each refused or recovered from, three intact. */
class BadSituationsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)\\.([a-zA-Z]+)`");

    @TempDir
    private Path directory;

    private static List<String> three(BackupFixture fixture) throws Exception {
        List<String> made = new ArrayList<>();
        for (int day = 0; day < GenerationIndex.KEPT; day++) {
            made.add(fixture.create().id());
            fixture.clock.forward(DAY);
        }
        return made;
    }

    private static void assertIntact(BackupFixture fixture, List<String> made) throws IOException {
        for (String id : made) {
            assertThat(new VerifyGeneration(fixture.store())
                            .verify(GenerationId.parse(id), fixture.custodian())
                            .findings())
                    .isEmpty();
        }
    }

    @Test
    void aServerThatIsKilledDuringTheSnapshotLeavesThreeAndTheNextOneIsMade() throws Exception {
        try (PostgresInstance server = TestServices.dedicatedPostgres();
                BackupFixture fixture = new BackupFixture(directory, server)) {
            fixture.log.fill(20);
            List<String> made = three(fixture);
            int[] put = {0};
            assertThatThrownBy(() -> fixture.create(step -> {
                                if (step == Step.SEGMENT_PUT && ++put[0] == 3) {
                                    server.kill();
                                }
                            })
                            .create())
                    .isInstanceOf(SQLException.class);

            assertIntact(fixture, made);
            assertThat(fixture.store().list())
                    .extracting(Stored::state)
                    .containsExactly(State.VERIFIED, State.VERIFIED, State.VERIFIED, State.STAGED);
            server.restart();
            String next = fixture.create().id();
            assertThat(fixture.store().list())
                    .extracting(each -> each.id().toString())
                    .containsExactly(made.get(1), made.get(2), next);
        }
    }

    @Test
    void anOlderIndexThatIsPutBackIsSeenByWhatItMissesAndTheNextOneIsMade() throws Exception {
        try (BackupFixture fixture = new BackupFixture(directory)) {
            fixture.log.fill(4);
            List<String> made = three(fixture);
            Path index = fixture.placeDirectory().resolve("index.json");
            byte[] older = Files.readAllBytes(index);
            made.add(fixture.create().id());
            fixture.clock.forward(DAY);
            Files.write(index, older);

            assertThat(fixture.store().list())
                    .extracting(each -> each.id().toString() + " " + each.state())
                    .containsExactly(
                            made.get(0) + " BROKEN",
                            made.get(1) + " VERIFIED",
                            made.get(2) + " VERIFIED",
                            made.get(3) + " STAGED");
            fixture.create();
            assertIntact(fixture, made.subList(1, 3));
            assertThat(fixture.store().list()).extracting(Stored::state).containsOnly(State.VERIFIED);
        }
    }

    @Test
    void aCustodianThatHasNotTheKeysOpensNothingAndWithoutOneNoneIsMade() throws Exception {
        try (BackupFixture fixture = new BackupFixture(directory);
                TestCustodian other = TestCustodian.start(Files.createDirectory(directory.resolve("other")))) {
            fixture.log.fill(4);
            GenerationId id = GenerationId.parse(fixture.create().id());
            VerifyGeneration verify = new VerifyGeneration(fixture.store());
            assertThatThrownBy(() -> verify.verify(id, other.client("backup")))
                    .isInstanceOf(KeysUnavailableException.class);
            assertIntact(fixture, List.of(id.toString()));
        }
    }

    @Test
    void aClockThatJumpsAheadMakesOneAndNoneBeforeItsTimeCame() throws Exception {
        try (BackupFixture fixture = new BackupFixture(directory)) {
            fixture.log.fill(4);
            List<String> made = three(fixture);
            fixture.clock.forward(DAY.multipliedBy(30));
            made.add(fixture.create().id());
            fixture.clock.forward(DAY.multipliedBy(-30));
            assertThatThrownBy(fixture::create)
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            e -> assertThat(e.code()).isEqualTo(BackupException.Code.CLOCK_BEHIND));
            assertIntact(fixture, made.subList(1, 4));
        }
    }

    @Test
    void everyBadSituationThatTheDocumentNamesHasTheTestsThatItNames() throws Exception {
        String table = Files.readString(Path.of("../docs/backup-format.md")).split("## Bad situations", -1)[1];
        Matcher named = NAMED.matcher(table);
        List<String> missing = new ArrayList<>();
        int found = 0;
        while (named.find()) {
            found++;
            if (!has(named.group(1), named.group(2))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(20);
    }

    private static boolean has(String type, String test) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(each -> each.endsWith(type + ".java")).toList()) {
                if (Files.readString(file).contains("void " + test + "(")) {
                    return true;
                }
            }
        }
        return false;
    }
}
