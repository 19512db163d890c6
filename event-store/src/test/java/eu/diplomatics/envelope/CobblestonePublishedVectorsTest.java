package eu.diplomatics.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.diplomatics.envelope.EnvelopeException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All published vectors of Cobblestone-256 (C2SP/wycheproof); {@link CobblestoneTest} has a handful of its own. */
class CobblestonePublishedVectorsTest {
    private static final Path FILE =
            Path.of("..", "..", "shared", "vectors", "c2sp_chunked_encryption_aes_256_gcm.json");
    private static final List<Vector> VECTORS = new ArrayList<>();

    private record Vector(JsonNode json, byte[] sealed) {
        boolean isValid() {
            return json.get("result").stringValue().equals("valid");
        }

        boolean has(String flag) {
            return json.get("flags").valueStream().anyMatch(f -> f.stringValue().equals(flag));
        }

        byte[] bytes(String field) {
            return HexFormat.of().parseHex(json.get(field).stringValue());
        }

        SecretBytes key() {
            return SecretBytes.copyOf(bytes("key"));
        }

        @Override
        public String toString() {
            return json.get("tcId").asString() + " " + json.get("comment").asString();
        }
    }

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.exists(FILE), "../shared is absent: the published vectors are not at hand");
        for (JsonNode group : JsonMapper.shared().readTree(FILE).get("testGroups")) {
            for (JsonNode test : group.get("tests")) {
                byte[] compressed = HexFormat.of().parseHex(test.get("ct").stringValue());
                try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
                    VECTORS.add(new Vector(test, in.readAllBytes()));
                }
            }
        }
    }

    static Stream<Vector> valid() {
        return VECTORS.stream().filter(Vector::isValid);
    }

    static Stream<Vector> invalid() {
        return VECTORS.stream().filter(vector -> !vector.isValid());
    }

    @Test
    void all_eighteen_are_there() {
        assertThat(VECTORS).hasSize(18);
        assertThat(valid()).hasSize(5);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void a_valid_message_opens_as_a_whole_and_seals_to_the_same_bytes(Vector vector) throws Exception {
        try (SecretBytes key = vector.key()) {
            byte[] plaintext = Cobblestone.open(key, vector.bytes("ctx"), vector.sealed());
            assertPlaintext(vector, plaintext);
            byte[] salt = Arrays.copyOf(vector.sealed(), MessageKey.SALT_BYTES);
            assertThat(Cobblestone.seal(key, vector.bytes("ctx"), salt, plaintext))
                    .isEqualTo(vector.sealed());
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void a_valid_message_opens_as_a_stream(Vector vector) throws Exception {
        ByteArrayOutputStream yielded = new ByteArrayOutputStream();
        stream(vector, yielded);
        assertPlaintext(vector, yielded.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void an_invalid_message_is_refused_as_a_whole(Vector vector) {
        assertRefused(vector, () -> {
            try (SecretBytes key = vector.key()) {
                Cobblestone.open(key, vector.bytes("ctx"), vector.sealed());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void an_invalid_message_yields_verified_chunks_only_when_streamed(Vector vector) throws Exception {
        ByteArrayOutputStream yielded = new ByteArrayOutputStream();
        assertRefused(vector, () -> stream(vector, yielded));
        if (vector.has("PartialPlaintext")) {
            assertPlaintext(vector, yielded.toByteArray());
        } else {
            assertThat(yielded.size()).isZero();
        }
    }

    private static void stream(Vector vector, ByteArrayOutputStream yielded) throws IOException {
        try (SecretBytes key = vector.key();
                InputStream in =
                        Cobblestone.opening(key, vector.bytes("ctx"), new ByteArrayInputStream(vector.sealed()))) {
            byte[] buffer = new byte[1000];
            try {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    yielded.write(buffer, 0, read);
                }
            } catch (EnvelopeException e) {
                assertThatThrownBy(in::read).as("it keeps failing").isInstanceOf(EnvelopeException.class);
                throw e;
            }
        }
    }

    private static void assertRefused(Vector vector, ThrowingCallable opening) {
        if (vector.has("InvalidKeySize")) {
            assertThatThrownBy(opening).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        assertThatThrownBy(opening).isInstanceOfSatisfying(EnvelopeException.class, refused -> {
            if (vector.has("HeaderFailure")) {
                assertThat(refused.kind()).isEqualTo(vector.has("Truncation") ? Kind.FORMAT : Kind.COMMITMENT);
            } else {
                assertThat(refused.kind()).isNotEqualTo(Kind.COMMITMENT);
            }
        });
    }

    private static void assertPlaintext(Vector vector, byte[] plaintext) throws Exception {
        assertThat(plaintext)
                .hasSize(Objects.requireNonNull(vector.json().get("msgLength")).intValue());
        assertThat(MessageDigest.getInstance("SHA-512").digest(plaintext)).isEqualTo(vector.bytes("msgSha512"));
    }
}
