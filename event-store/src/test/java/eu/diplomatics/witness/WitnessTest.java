package eu.diplomatics.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.Checkpoint;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.DirectoryTileStore;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TileWriter;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifierKey;
import eu.diplomatics.witness.Witness.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a witness cosigns, and what it refuses (c2sp.org/tlog-witness). */
class WitnessTest {
    private static final String ORIGIN = "registry.example/events/1";
    private static final Instant TIME = Instant.parse("2026-11-22T06:00:00Z");

    @TempDir
    Path directory;

    private final SecretBytes seed = SecretBytes.random(32);
    private final NoteSigner log = NoteSigner.log(ORIGIN, seed);
    private Tree tree;
    private Witness witness;

    @BeforeEach
    void open() throws IOException {
        tree = new Tree("leaf");
        WitnessDirectory home = new WitnessDirectory(home());
        home.init("controller.example");
        home.watch(log.verifierKey());
        witness = reopened();
    }

    @AfterEach
    void close() {
        witness.close();
        seed.close();
    }

    @Test
    void a_log_that_only_grows_is_cosigned_with_the_time() throws IOException {
        for (int size : List.of(5, 5, 300, 301)) {
            long seen = size == 5 && tree.head().size() == 0 ? 0 : tree.head().size();
            byte[] note = tree.grow(size);
            Answer answer = witness.addCheckpoint(request(seen, tree.proof(seen), note));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            byte[] cosigned =
                    (new String(note, StandardCharsets.UTF_8) + answer.body()).getBytes(StandardCharsets.UTF_8);
            CheckpointVerifier.Verified verified =
                    new CheckpointVerifier(log.verifierKey(), List.of(witness.key()), 1).verify(cosigned);
            assertThat(verified.head().size()).isEqualTo(size);
            assertThat(verified.cosignatures().getFirst().time()).contains(TIME);
        }
    }

    @Test
    void a_witness_that_was_restarted_knows_what_it_saw() throws IOException {
        witness.addCheckpoint(request(0, List.of(), tree.grow(10)));
        witness.close();
        witness = reopened();
        Answer answer = witness.addCheckpoint(request(0, List.of(), new Tree("other").grow(20)));
        assertThat(answer).isEqualTo(new Answer(409, "text/x.tlog.size", "10\n"));
        byte[] grown = tree.grow(20);
        assertThat(witness.addCheckpoint(request(10, tree.proof(10), grown)).status())
                .isEqualTo(200);
    }

    @Test
    void neither_a_key_nor_what_was_cosigned_is_lost_when_both_are_written_at_once() throws Exception {
        List<VerifierKey> added = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            try (SecretBytes fresh = SecretBytes.random(32)) {
                added.add(NoteSigner.log(ORIGIN, fresh).verifierKey());
            }
        }
        WitnessDirectory command = new WitnessDirectory(home());
        WitnessDirectory service = new WitnessDirectory(home());
        AtomicInteger size = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> watching = threads.submit(() -> {
                for (VerifierKey key : added) {
                    command.watch(key);
                }
                return true;
            });
            Future<?> cosigning = threads.submit(() -> {
                do {
                    service.cosigned(ORIGIN, note(size.incrementAndGet()));
                } while (!watching.isDone());
                return true;
            });
            watching.get();
            cosigning.get();
        }
        assertThat(service.keys(ORIGIN)).containsAll(added).contains(log.verifierKey());
        assertThat(service.logs().getFirst().last()).isEqualTo(note(size.get()));
    }

    private static byte[] note(int size) {
        return (ORIGIN + "\n" + size + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void another_root_of_the_same_size_is_refused_and_kept_as_evidence() throws IOException {
        witness.addCheckpoint(request(0, List.of(), tree.grow(10)));
        byte[] other = new Tree("other").grow(10);
        assertThat(witness.addCheckpoint(request(10, List.of(), other)).status())
                .isEqualTo(409);
        try (Stream<Path> files = Files.list(home())) {
            Path evidence = files.filter(file -> file.getFileName().toString().startsWith("evidence-"))
                    .findFirst()
                    .orElseThrow();
            assertThat(evidence).hasBinaryContent(other);
        }
    }

    @Test
    void a_larger_tree_that_does_not_begin_with_the_one_seen_is_refused() throws IOException {
        witness.addCheckpoint(request(0, List.of(), tree.grow(10)));
        Tree other = new Tree("other");
        other.grow(10);
        byte[] fork = other.grow(20);
        assertThat(witness.addCheckpoint(request(10, other.proof(10), fork)).status())
                .isEqualTo(422);
        assertThat(witness.addCheckpoint(request(10, List.of(), fork)).status()).isEqualTo(422);
    }

    @Test
    void a_log_that_was_rolled_back_is_refused_with_the_size_that_was_seen() throws IOException {
        byte[] ten = tree.grow(10);
        witness.addCheckpoint(request(0, List.of(), tree.grow(20)));
        assertThat(witness.addCheckpoint(request(0, List.of(), ten)))
                .isEqualTo(new Answer(409, "text/x.tlog.size", "20\n"));
        assertThat(witness.addCheckpoint(request(20, List.of(), ten)).status()).isEqualTo(400);
    }

    @Test
    void a_log_that_is_not_watched_or_did_not_sign_is_refused() throws IOException {
        try (SecretBytes foreign = SecretBytes.random(32)) {
            TreeHead head = tree.headOf(tree.grow(10));
            byte[] unknown = new Checkpoint("other.example", head)
                    .sign(NoteSigner.log("other.example", foreign))
                    .toBytes();
            assertThat(witness.addCheckpoint(request(0, List.of(), unknown)).status())
                    .isEqualTo(404);
            byte[] forged = new Checkpoint(ORIGIN, head)
                    .sign(NoteSigner.log(ORIGIN, foreign))
                    .toBytes();
            assertThat(witness.addCheckpoint(request(0, List.of(), forged)).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void a_log_whose_key_was_replaced_is_cosigned_once_the_controller_said_so_and_not_before() throws IOException {
        witness.addCheckpoint(request(0, List.of(), tree.grow(10)));
        tree.grow(20);
        try (SecretBytes next = SecretBytes.random(32)) {
            NoteSigner successor = NoteSigner.log(ORIGIN, next);
            Checkpoint checkpoint = new Checkpoint(ORIGIN, tree.head());
            byte[] onlyNew = checkpoint.sign(successor).toBytes();
            assertThat(witness.addCheckpoint(request(10, tree.proof(10), onlyNew))
                            .status())
                    .isEqualTo(403);
            byte[] both = checkpoint.sign(successor).cosign(log).toBytes();
            assertThat(witness.addCheckpoint(request(10, tree.proof(10), both)).status())
                    .as("the old key still signs")
                    .isEqualTo(200);

            new WitnessDirectory(home()).watch(successor.verifierKey());
            assertThat(new WitnessDirectory(home()).watched())
                    .containsExactly(log.verifierKey(), successor.verifierKey());
            assertThat(witness.addCheckpoint(request(20, List.of(), onlyNew)).status())
                    .isEqualTo(200);
            witness.close();
            witness = reopened();
            tree.grow(30);
            byte[] later = new Checkpoint(ORIGIN, tree.head()).sign(successor).toBytes();
            assertThat(witness.addCheckpoint(request(20, tree.proof(20), later)).status())
                    .isEqualTo(200);
            assertThat(new WitnessDirectory(home()).watched()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "old 0",
                "old 0\n\n",
                "old -1\n\nx",
                "old 01\n\nx",
                "new 0\n\nx",
                "old 0\nnohash\n\nx",
                "old 0\n\nno\ncheckpoint\n"
            })
    void what_is_no_request_is_refused(String body) throws IOException {
        assertThat(witness.addCheckpoint(body.getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(400);
    }

    @Test
    void the_request_of_the_specification_is_read() {
        String body = """
                old 20852014
                PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
                jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
                5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
                /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

                example.com/behind-the-sofa
                20852163
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

                \u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
                """;
        Witness.Request request =
                Witness.Request.read(body.getBytes(StandardCharsets.UTF_8)).orElseThrow();
        assertThat(request.oldSize()).isEqualTo(20852014);
        assertThat(request.proof()).hasSize(4);
        assertThat(request.note())
                .asString(StandardCharsets.UTF_8)
                .startsWith("example.com/behind-the-sofa\n20852163\n");
        assertThat(request.toBytes()).asString(StandardCharsets.UTF_8).isEqualTo(body);
    }

    @Test
    void a_witness_that_lost_what_it_saw_does_not_begin_anew() throws IOException {
        witness.addCheckpoint(request(0, List.of(), tree.grow(10)));
        witness.close();
        Path state;
        try (Stream<Path> files = Files.list(home())) {
            state = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] kept = Files.readAllBytes(state);
        Files.write(
                state,
                new String(kept, StandardCharsets.UTF_8)
                        .replace("\n10\n", "\n11\n")
                        .getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::reopened).isInstanceOf(WitnessException.class).hasMessageContaining("HINT");
        Files.delete(state);
        witness = reopened();
        assertThat(witness.addCheckpoint(request(0, List.of(), tree.grow(12))).status())
                .isEqualTo(404);
    }

    @Test
    @Timeout(60) // a witness that serves goes on until somebody ends it
    void the_command_makes_a_key_once_and_says_what_is_wrong() {
        Path other = directory.resolve("other");
        assertThat(run("init", "--dir", other.toString(), "--name", "second.example"))
                .startsWith("0 second.example+");
        assertThat(run("init", "--dir", other.toString(), "--name", "third.example"))
                .startsWith("1 error: there is a witness");
        assertThat(run("key", "--dir", other.toString())).startsWith("0 second.example+");
        assertThat(run(
                        "watch",
                        "--dir",
                        other.toString(),
                        "--log",
                        log.verifierKey().text()))
                .isEqualTo("0 watching " + ORIGIN + "\n");
        assertThat(run("watch", "--dir", other.toString(), "--log", "nonsense")).startsWith("1 error: no verifier key");
        assertThat(run("key", "--dir", directory.resolve("nowhere").toString()))
                .startsWith("1 error: there is no witness");
        assertThat(run("serve")).startsWith("64 error: --dir is missing");
        String[] served = {"serve", "--dir", other.toString(), "--port", "0", "--address"};
        assertThat(run(with(served, "0.0.0.0")))
                .startsWith("64 error: an address that others reach needs --tls-keys and --tls-trust");
        assertThat(run(with(served, "0.0.0.0", "--tls-keys", "keys.p12", "--tls-trust", "trust.p12")))
                .startsWith("64 error: WITNESS_STORE_PASSWORD is missing");
        assertThat(run()).startsWith("64 error: a command is missing");
        assertThat(run("--help")).startsWith("0 usage: witness");
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new WitnessApplication(print, print, Map.of()).run(args) + " " + out.toString(StandardCharsets.UTF_8);
    }

    private Path home() {
        return directory.resolve("witness");
    }

    private Witness reopened() throws IOException {
        return Witness.open(new WitnessDirectory(home()), InstantSource.fixed(TIME));
    }

    private static byte[] request(long oldSize, List<TreeHash> proof, byte[] note) {
        return new Witness.Request(oldSize, proof, note).toBytes();
    }

    /** A log of leaves that are told from those of another one by their name. */
    private final class Tree {
        private final String name;
        private final DirectoryTileStore store;
        private final TileWriter writer;

        Tree(String name) throws IOException {
            this.name = name;
            this.store = new DirectoryTileStore(Files.createTempDirectory(directory, name));
            this.writer = TileWriter.resume(store, TreeHead.EMPTY);
        }

        byte[] grow(int size) {
            writer.append(IntStream.range((int) head().size(), size)
                    .mapToObj(n -> TreeHash.digest((name + n).getBytes(StandardCharsets.UTF_8)))
                    .toList());
            return new Checkpoint(ORIGIN, head()).sign(log).toBytes();
        }

        TreeHead head() {
            return writer.head();
        }

        TreeHead headOf(byte[] note) {
            return new CheckpointVerifier(log.verifierKey(), List.of(), 0)
                    .verify(note)
                    .head();
        }

        List<TreeHash> proof(long from) {
            return from == 0 || from == head().size()
                    ? List.of()
                    : TileTree.open(store, head()).consistency(from);
        }
    }
}
