package eu.diplomatics.transparency;

import static eu.diplomatics.transparency.SignedNoteTest.assertReason;
import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.transparency.NoteException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    /** c2sp.org/tlog-checkpoint. */
    @Test
    void the_example_of_the_specification_is_read_and_written_as_it_stands() {
        String text = "example.com/behind-the-sofa\n20852163\n" + ROOT + "\n";
        Checkpoint checkpoint = Checkpoint.parse(text);
        assertThat(checkpoint.origin()).isEqualTo("example.com/behind-the-sofa");
        assertThat(checkpoint.head().size()).isEqualTo(20_852_163);
        assertThat(checkpoint.head().root().base64()).isEqualTo(ROOT);
        assertThat(checkpoint.extensions()).isEmpty();
        assertThat(checkpoint.text()).isEqualTo(text);
    }

    @Test
    void further_lines_are_kept() {
        String text = "o\n1\n" + ROOT + "\nmore\nand more\n";
        assertThat(Checkpoint.parse(text).extensions()).containsExactly("more", "and more");
        assertThat(Checkpoint.parse(text).text()).isEqualTo(text);
    }

    @Test
    void the_smallest_and_the_largest_tree_are_read() {
        String empty = "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
        assertThat(Checkpoint.parse(empty).head()).isEqualTo(TreeHead.EMPTY);
        assertThat(Checkpoint.parse(empty).text()).isEqualTo(empty);
        assertThat(Checkpoint.parse("o\n9223372036854775807\n" + ROOT + "\n")
                        .head()
                        .size())
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "o\n1\n",
                "o\n1\nROOT",
                "\n1\nROOT\n",
                "o\n\nROOT\n",
                "o\n1\n\n",
                "o\n1\nROOT\n\n",
                "o\n1\nROOT\n\nmore\n",
                "o\n1\nROOT\nmore",
                "o\n01\nROOT\n",
                "o\n+1\nROOT\n",
                "o\n-1\nROOT\n",
                "o\n1 \nROOT\n",
                "o\n0x1\nROOT\n",
                "o\n١\nROOT\n",
                "o\n9223372036854775808\nROOT\n",
                "o\n99999999999999999999\nROOT\n",
                // another empty tree; a root without padding, with loose bits, in URL form, too short, in hex
                "o\n0\nROOT\n",
                "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
                "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
                "o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
                "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
                "o\n1\n6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\n"
            })
    void another_text_is_no_checkpoint(String text) {
        assertReason(Reason.CHECKPOINT_FORMAT, () -> Checkpoint.parse(text.replace("ROOT", ROOT)));
    }

    @Test
    void what_would_not_be_one_line_is_not_written() {
        TreeHead head = PublishedTree.head(1);
        assertReason(Reason.CHECKPOINT_FORMAT, () -> new Checkpoint("", head));
        assertReason(Reason.CHECKPOINT_FORMAT, () -> new Checkpoint("o\n2", head));
        assertReason(Reason.CHECKPOINT_FORMAT, () -> new Checkpoint("o", head, List.of("")));
        assertReason(Reason.CHECKPOINT_FORMAT, () -> new Checkpoint("o", head, List.of("a\nb")));
    }

    @Test
    void a_log_signs_under_its_own_origin_only() {
        try (SecretBytes seed = SecretBytes.random(32)) {
            NoteSigner log = NoteSigner.log("log", seed);
            assertReason(Reason.ORIGIN, () -> new Checkpoint("other", PublishedTree.head(1)).sign(log));
            assertThat(new Checkpoint("log", PublishedTree.head(1)).sign(log).verify(List.of(log.verifierKey())))
                    .hasSize(1);
        }
    }
}
