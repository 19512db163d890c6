package eu.diplomatics.verify;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.receipt.Receipt;
import eu.diplomatics.receipt.ReceiptSigner;
import eu.diplomatics.timestamp.TestTimeStampAuthority;
import eu.diplomatics.transparency.Checkpoint;
import eu.diplomatics.transparency.DirectoryTileStore;
import eu.diplomatics.transparency.NoteSigner;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TileTree;
import eu.diplomatics.transparency.TileWriter;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The command somebody runs who has a receipt and files, and no registry. */
class VerifyApplicationTest {
    private static final String ORIGIN = "registry.example/events/1";
    private static final Instant AT = Instant.parse("2026-11-22T06:00:00Z");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int POSITION = 42;

    @TempDir
    Path directory;

    private final SecretBytes receiptSeed = SecretBytes.random(32);
    private final SecretBytes logSeed = SecretBytes.random(32);
    private final SecretBytes witnessSeed = SecretBytes.random(32);
    private final ReceiptSigner receipts = new ReceiptSigner(receiptSeed);
    private final NoteSigner log = NoteSigner.log(ORIGIN, logSeed);
    private final NoteSigner witness =
            NoteSigner.witness("controller.example", witnessSeed, InstantSource.fixed(AT.plusSeconds(30)));
    private TileTree tree;

    @BeforeEach
    void write() throws IOException {
        tree = tree("leaf", 300);
        save("receipt", JSON.writeValueAsString(receipt(POSITION, leaf("leaf", POSITION))));
        save("keys", JSON.writeValueAsString(receipts.jwks()));
        save("proof", proof(tree, POSITION, note(tree.head(), log)));
        save("log.key", log.verifierKey().text() + "\n");
        save("witness.key", witness.verifierKey().text() + "\n");
    }

    @AfterEach
    void close() {
        receiptSeed.close();
        logSeed.close();
        witnessSeed.close();
    }

    @Test
    void a_kept_promise_is_ok_and_says_what_was_checked() {
        assertThat(verify()).isEqualTo("""
                0 receipt      OK  signed by the registry: position 42, recorded at 2026-11-22T06:00:00.000000Z, reference 00112233-4455-4677-8899-aabbccddeeff
                checkpoint   OK  signed by registry.example/events/1: 300 leaves
                witness      OK  controller.example saw it at 2026-11-22T06:00:30Z
                inclusion    OK  the leaf stands at position 42 of the log
                RESULT: OK
                """);
    }

    @Test
    void after_the_logs_key_was_replaced_the_old_key_the_new_one_and_a_list_of_both_verify() throws IOException {
        try (SecretBytes next = SecretBytes.random(32)) {
            NoteSigner successor = NoteSigner.log(ORIGIN, next);
            byte[] signedTwice = new Checkpoint(ORIGIN, tree.head())
                    .sign(successor)
                    .cosign(log)
                    .cosign(witness)
                    .toBytes();
            save("proof", proof(tree, POSITION, signedTwice));
            String old = log.verifierKey().text();
            String anew = successor.verifierKey().text();
            for (String keys : List.of(old, anew, anew + "\n" + old)) {
                save("log.key", keys + "\n");
                assertThat(verify()).as(keys).startsWith("0 ");
            }
            save("proof", proof(tree, POSITION, note(tree.head(), successor)));
            assertThat(verify()).as("after the changeover").startsWith("0 ");
            save("log.key", old + "\n");
            assertThat(verify()).startsWith("1 ").contains("checkpoint   CHECKPOINT_LOG_SIGNATURE_MISSING");
        }
    }

    @Test
    void a_checkpoint_that_was_kept_is_compared_with_the_one_of_the_proof() throws IOException {
        TileTree earlier = tree("leaf", 100);
        save("kept", new String(note(earlier.head(), log), StandardCharsets.UTF_8));
        save("consistency", JSON.writeValueAsString(Map.of("hashes", text(tree.consistency(100)))));
        String[] both = {"--checkpoint", path("kept"), "--consistency", path("consistency")};
        assertThat(verify(both)).startsWith("0 ").contains("the log only grew from 100 to 300 leaves");

        save("kept", new String(note(tree("other", 100).head(), log), StandardCharsets.UTF_8));
        assertThat(verify(both)).startsWith("1 ").contains("consistency  CONSISTENCY_FALSE");
    }

    @Test
    void a_time_stamp_is_verified_under_the_authoritys_certificate() throws IOException {
        try (TestTimeStampAuthority authority = TestTimeStampAuthority.start(AT.plusSeconds(60));
                TestTimeStampAuthority other = TestTimeStampAuthority.start(AT)) {
            Files.writeString(directory.resolve("authority.pem"), pem(authority.rootBytes()));
            Files.writeString(directory.resolve("other.pem"), pem(other.rootBytes()));
            String[] trusting = {"--time-stamp-certificate", path("authority.pem")};
            assertThat(verify(trusting)).startsWith("1 ").contains("time stamp   TIME_STAMP_MISSING");

            stamp(authority, tree.head());
            assertThat(verify(trusting))
                    .startsWith("0 ")
                    .contains("time stamp   OK  CN=Test authority saw the checkpoint at 2026-11-22T06:01:00Z");
            assertThat(verify("--time-stamp-certificate", path("other.pem")))
                    .startsWith("1 ")
                    .contains("time stamp   TIME_STAMP_CERTIFICATE_UNKNOWN");

            stamp(authority, tree("leaf", 299).head());
            assertThat(verify(trusting)).startsWith("1 ").contains("time stamp   TIME_STAMP_OTHER_CONTENT");

            authority.setTime(AT.plus(Duration.ofDays(400)));
            stamp(authority, tree.head());
            assertThat(verify(trusting)).startsWith("1 ").contains("time stamp   TIME_STAMP_CERTIFICATE_EXPIRED");
        }
    }

    /** Puts a token of the authority, over the checkpoint of this tree, into the proof. */
    private void stamp(TestTimeStampAuthority authority, TreeHead head) throws IOException {
        byte[] content = new Checkpoint(ORIGIN, head).sign(log).toBytes();
        byte[] token = authority.token(content);
        save(
                "proof",
                proof(tree, POSITION, note(tree.head(), log))
                        .replaceFirst(
                                "\\{", "{\"timeStamp\":\"" + Base64.getEncoder().encodeToString(token) + "\","));
    }

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END CERTIFICATE-----\n";
    }

    @Nested
    class After_a_loss_that_was_declared {
        private static final String AFTER = "registry.example/events/2";
        private final NoteSigner second = NoteSigner.log(AFTER, logSeed);
        private TileTree went;

        /** Kept is the tree of 40 leaves: the one of position 42 is lost, with all up to 300. */
        @BeforeEach
        void lose() throws IOException {
            TreeHead kept = tree("leaf", 40).head();
            Resumption declared = new Resumption(
                    log.verifierKey(), kept, tree.head(), second.verifierKey(), 300, "TAIL_LOST", AT.plusSeconds(90));
            save(
                    "resumption",
                    new String(
                            SignedNote.sign(declared.text(), log)
                                    .cosign(witness)
                                    .toBytes(),
                            StandardCharsets.UTF_8));
            went = tree(IntStream.rangeClosed(1, 310)
                    .mapToObj(n -> leaf(n <= 40 ? "leaf" : "after", n))
                    .toList());
        }

        @Test
        void a_receipt_of_before_is_proven_under_the_new_key_which_follows_from_the_old() throws IOException {
            save("receipt", JSON.writeValueAsString(receipt(40, leaf("leaf", 40))));
            save("proof", proof(went, 40, noteOf(went)));
            assertThat(verify(resumption()))
                    .startsWith("0 ")
                    .contains("registry.example/events/1 lost what stood behind position 40 and goes on as " + AFTER)
                    .contains("inclusion    OK");
            assertThat(verify())
                    .as("who does not follow")
                    .startsWith("1 ")
                    .contains("CHECKPOINT_LOG_SIGNATURE_MISSING");
        }

        @Test
        void a_receipt_of_what_is_lost_is_told_to_register_again_by_the_new_proof_and_by_the_old() throws IOException {
            assertThat(verify(resumption())).startsWith("1 ").contains("inclusion    REGISTER_AGAIN");
            save("proof", proof(went, POSITION, noteOf(went)));
            assertThat(verify(resumption())).startsWith("1 ").contains("inclusion    REGISTER_AGAIN");
        }

        @Test
        void a_checkpoint_of_before_is_followed_as_far_as_it_is_kept() throws IOException {
            save("receipt", JSON.writeValueAsString(receipt(40, leaf("leaf", 40))));
            save("proof", proof(went, 40, noteOf(went)));
            save("kept", new String(note(tree("leaf", 30).head(), log), StandardCharsets.UTF_8));
            save("consistency", JSON.writeValueAsString(Map.of("hashes", text(went.consistency(30)))));
            String[] both = {
                "--resumption", path("resumption"), "--checkpoint", path("kept"), "--consistency", path("consistency")
            };
            assertThat(verify(both)).startsWith("0 ").contains("the log only grew from 30 to 310 leaves");
            save("kept", new String(note(tree.head(), log), StandardCharsets.UTF_8));
            assertThat(verify(both)).startsWith("1 ").contains("consistency  CHECKPOINT_GIVEN_UP");
        }

        @Test
        void a_declaration_that_was_changed_is_of_another_log_or_without_its_witness_is_not_believed()
                throws IOException {
            String good = Files.readString(Path.of(path("resumption")));
            save("resumption", good.replace("\n300\n", "\n301\n"));
            assertThat(verify(resumption())).startsWith("1 ").contains("RESUMPTION_SIGNATURE_INVALID");
            save("resumption", good.lines().limit(10).collect(Collectors.joining("\n", "", "\n")));
            assertThat(verify(resumption())).startsWith("1 ").contains("RESUMPTION_WITNESSES_MISSING");
            save("resumption", good);
            assertThat(verify("--resumption", path("resumption"), "--resumption", path("resumption")))
                    .startsWith("1 ")
                    .contains("RESUMPTION_ORIGIN");
        }

        private String[] resumption() {
            return new String[] {"--resumption", path("resumption")};
        }

        private byte[] noteOf(TileTree tree) {
            return new Checkpoint(AFTER, tree.head())
                    .sign(second)
                    .cosign(witness)
                    .toBytes();
        }
    }

    @Nested
    class What_is_wrong_is_said {
        @Test
        void when_the_receipt_was_changed() throws IOException {
            save("receipt", read("receipt").replace("\"version\":1", "\"version\":2"));
            assertThat(verify()).startsWith("1 receipt      RECEIPT_INVALID");
        }

        @Test
        void when_the_receipt_is_of_another_registry() throws IOException {
            try (SecretBytes foreign = SecretBytes.random(32)) {
                save("keys", JSON.writeValueAsString(new ReceiptSigner(foreign).jwks()));
            }
            assertThat(verify()).startsWith("1 receipt      RECEIPT_KEY_UNKNOWN");
        }

        @Test
        void when_the_log_has_another_leaf_than_was_promised() throws IOException {
            save(
                    "proof",
                    proof(tree("other", 300), POSITION, note(tree("other", 300).head(), log)));
            assertThat(verify()).startsWith("1 ").contains("inclusion    LEAF_DIFFERS");
        }

        @Test
        void when_the_proof_is_another_one() throws IOException {
            save("proof", proof(tree, POSITION + 1, note(tree.head(), log)));
            assertThat(verify()).startsWith("1 ").contains("inclusion    PROOF_OF_ANOTHER_POSITION");
        }

        @Test
        void when_a_hash_of_the_proof_was_changed() throws IOException {
            String hash = tree.inclusion(POSITION - 1).getFirst().base64();
            save("proof", read("proof").replace(hash, TreeHash.EMPTY.base64()));
            assertThat(verify()).startsWith("1 ").contains("inclusion    INCLUSION_FALSE");
        }

        @Test
        void when_the_checkpoint_is_older_than_the_receipt() throws IOException {
            TileTree small = tree("leaf", 10);
            save("proof", proof(tree, POSITION, note(small.head(), log)));
            assertThat(verify()).startsWith("1 ").contains("inclusion    NOT_COVERED");
        }

        @Test
        void when_the_checkpoint_was_forged() throws IOException {
            save("proof", read("proof").replace("\\n300\\n", "\\n301\\n"));
            assertThat(verify()).startsWith("1 ").contains("checkpoint   CHECKPOINT_SIGNATURE_INVALID");
        }

        @Test
        void when_the_checkpoint_is_of_another_key() throws IOException {
            try (SecretBytes foreign = SecretBytes.random(32)) {
                save("log.key", NoteSigner.log(ORIGIN, foreign).verifierKey().text());
            }
            assertThat(verify()).startsWith("1 ").contains("checkpoint   CHECKPOINT_LOG_SIGNATURE_MISSING");
        }

        @Test
        void when_the_cosignature_was_forged() throws IOException {
            try (SecretBytes foreign = SecretBytes.random(32)) {
                NoteSigner forger = NoteSigner.witness("controller.example", foreign, InstantSource.fixed(AT));
                byte[] note = new Checkpoint(ORIGIN, tree.head())
                        .sign(log)
                        .cosign(forger)
                        .toBytes();
                save("proof", proof(tree, POSITION, note));
                assertThat(verify()).startsWith("1 ").contains("checkpoint   CHECKPOINT_WITNESSES_MISSING");
            }
            byte[] note = note(tree.head(), log);
            // another digit of base64, and one whose bits all count
            note[note.length - 6] = (byte) (note[note.length - 6] == 'A' ? 'B' : 'A');
            save("proof", proof(tree, POSITION, note));
            assertThat(verify()).startsWith("1 ").contains("checkpoint   CHECKPOINT_SIGNATURE_INVALID");
        }

        @Test
        void when_a_file_is_none_of_these() throws IOException {
            save("proof", "{}");
            assertThat(verify()).startsWith("1 ").contains("proof        PROOF_UNREADABLE");
            save("proof", "nonsense");
            assertThat(verify()).startsWith("1 ").contains("proof        PROOF_UNREADABLE");
            save("keys", "nonsense");
            assertThat(verify()).startsWith("1 receipt      RECEIPT_KEYS_UNREADABLE");
        }
    }

    @Test
    void options_and_files_that_are_not_right_end_with_a_hint() throws IOException {
        assertThat(run()).startsWith("64 error: --log-key is missing\nHINT: ");
        assertThat(run("--nonsense", "x")).startsWith("64 error: unknown option --nonsense");
        assertThat(run("--proof")).startsWith("64 error: --proof takes a value");
        assertThat(run("--help")).startsWith("0 usage: verify");
        assertThat(verify("--witnesses", "2")).startsWith("64 error: quorum 2 of 1");
        assertThat(verify("--checkpoint", path("nowhere"))).startsWith("66 error: cannot read ");
        save("log.key", "nonsense");
        assertThat(verify()).startsWith("66 error: no verifier key");
    }

    private String verify(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--receipt", path("receipt"),
                "--receipt-keys", path("keys"),
                "--proof", path("proof"),
                "--log-key", path("log.key"),
                "--witness-key", path("witness.key")));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        int exit = new VerifyApplication(print, print).run(args);
        return exit + " " + out.toString(StandardCharsets.UTF_8);
    }

    private Receipt receipt(int position, TreeHash leaf) {
        return receipts.sign(UUID.fromString("00112233-4455-4677-8899-aabbccddeeff"), 1, position, AT, leaf.bytes());
    }

    private TileTree tree(String name, int size) throws IOException {
        return tree(IntStream.rangeClosed(1, size)
                .mapToObj(position -> leaf(name, position))
                .toList());
    }

    private TileTree tree(List<TreeHash> leaves) throws IOException {
        DirectoryTileStore store = new DirectoryTileStore(Files.createTempDirectory(directory, "tree"));
        TileWriter writer = TileWriter.resume(store, TreeHead.EMPTY);
        writer.append(leaves);
        return TileTree.open(store, writer.head());
    }

    private static TreeHash leaf(String name, int position) {
        return TreeHash.digest((name + position).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] note(TreeHead head, NoteSigner signer) {
        return new Checkpoint(ORIGIN, head).sign(signer).cosign(witness).toBytes();
    }

    private static String proof(TileTree tree, int position, byte[] note) {
        return JSON.writeValueAsString(Map.of(
                "position",
                position,
                "leaf",
                tree.leaf(position - 1).toString(),
                "size",
                tree.head().size(),
                "hashes",
                text(tree.inclusion(position - 1)),
                "checkpoint",
                new String(note, StandardCharsets.UTF_8)));
    }

    private static List<String> text(List<TreeHash> hashes) {
        return hashes.stream().map(TreeHash::base64).toList();
    }

    private void save(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private String read(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }
}
