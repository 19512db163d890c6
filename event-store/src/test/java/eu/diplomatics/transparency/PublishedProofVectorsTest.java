package eu.diplomatics.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Published inclusion and consistency proofs (transparency-dev/merkle), true and forged; {@link ProofsTest} has a handful
 * of its own. The vectors of subtrees belong to a draft that is not implemented here.
 */
class PublishedProofVectorsTest {
    private static final Path FILE = Path.of("..", "..", "shared", "vectors", "rfc6962_merkle.json");
    private static final List<Vector> VECTORS = new ArrayList<>();

    private record Vector(String name, JsonNode json) {
        boolean isOf(String kind) {
            return name.startsWith("testdata/" + kind + "/");
        }

        TreeHead head(String size, String root) {
            return new TreeHead(json.get(size).longValue(), hash(json.get(root)));
        }

        static TreeHash hash(JsonNode node) {
            return TreeHash.of(node.isNull() ? new byte[0] : Base64.getDecoder().decode(node.stringValue()));
        }

        List<TreeHash> proof() {
            return json.get("proof").isNull()
                    ? List.of()
                    : json.get("proof").valueStream().map(Vector::hash).toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.exists(FILE), "../shared is absent: the published vectors are not at hand");
        JsonMapper.shared()
                .readTree(FILE)
                .properties()
                .forEach(vector -> VECTORS.add(new Vector(vector.getKey(), vector.getValue())));
    }

    static Stream<Vector> inclusion() {
        return VECTORS.stream().filter(vector -> vector.isOf("inclusion"));
    }

    static Stream<Vector> consistency() {
        return VECTORS.stream().filter(vector -> vector.isOf("consistency"));
    }

    @Test
    void all_of_them_are_there() {
        assertThat(inclusion()).hasSize(49);
        assertThat(consistency()).hasSize(49);
    }

    @ParameterizedTest
    @MethodSource("inclusion")
    void an_inclusion_proof_is_judged_as_published(Vector vector) {
        boolean accepted;
        try {
            accepted = Proofs.includes(
                    vector.head("treeSize", "root"),
                    // the forged index 2^64 - 1 is -1 as a long
                    vector.json().get("leafIdx").bigIntegerValue().longValue(),
                    Vector.hash(vector.json().get("leafHash")),
                    vector.proof());
        } catch (IllegalArgumentException e) {
            // no hash, or no head: refused before any proof is looked at
            accepted = false;
        }
        assertThat(accepted).isNotEqualTo(vector.json().get("wantErr").booleanValue());
    }

    @ParameterizedTest
    @MethodSource("consistency")
    void a_consistency_proof_is_judged_as_published(Vector vector) {
        boolean accepted;
        try {
            accepted = Proofs.consistent(vector.head("size1", "root1"), vector.head("size2", "root2"), vector.proof());
        } catch (IllegalArgumentException e) {
            accepted = false;
        }
        assertThat(accepted).isNotEqualTo(vector.json().get("wantErr").booleanValue());
    }
}
