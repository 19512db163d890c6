package eu.diplomatics.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.envelope.EnvelopeException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CobblestoneTest {
    private static final byte[] CONTEXT = "purpose and place".getBytes(StandardCharsets.UTF_8);
    private static final SecretBytes KEY = SecretBytes.random(Cobblestone.KEY_BYTES);

    /** Values from C2SP/wycheproof (Apache-2.0), so that this project stands alone. */
    @Nested
    class Published_values {
        private static final String KEY = "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e";

        @ParameterizedTest(name = "{0}")
        @CsvSource(textBlock = """
                empty message,'',43a2e39431cbae0389d3fc86adf46f7c3a24de88d9311617e53f3164cc1d5dc738a66b97f0bf786565c31799c2f463d50a7e10046011dc6fc3c939e3a5db7affb6191551669554fb,cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e
                short message with context,7465737420636f6e74657874,dbedaefc1c35dc6c0f22b743b03e488747166a51f33479e7ceb8b7e11cc0d2710f624a127501bc4aea7d0af6f83cfe359b9e69415aa537f36adf86eb35b070475baa039bb7791432adbca49578bbd3,e85f32a85f1d4f7c9b2d36d20eca8435d81253e7075e9dea069eb1b6da48daf92ef1797367b520d8a46c4f72cecb85b1daff8887fcb41721d39943d1952fc180
                """)
        void open_and_seal_again_to_the_same_bytes(String name, String context, String sealed, String sha512)
                throws Exception {
            byte[] message = hex(sealed);
            try (SecretBytes key = SecretBytes.copyOf(hex(KEY))) {
                byte[] plaintext = Cobblestone.open(key, hex(context), message);
                assertThat(MessageDigest.getInstance("SHA-512").digest(plaintext))
                        .isEqualTo(hex(sha512));
                byte[] salt = Arrays.copyOf(message, MessageKey.SALT_BYTES);
                assertThat(Cobblestone.seal(key, hex(context), salt, plaintext)).isEqualTo(message);
            }
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(textBlock = """
                flipped ciphertext bit,TAG,'',0093274a932cb4340ca678d500719d80ccc21f69c49586a8cae519f1ae94a13a97038610177fe840ac755f6604849272444b0de559508a2a00538b8dd8cc3a83e14df1343fa14630a2
                shorter than a tag,FORMAT,'',679551dfcc4221c2c5f3dfcff2f94fcd7df0dc5d0dac8ceb294cda58ffffbe199532a141b16102b69550faa5e1315a3c823e58b9e3141839e1fd278b80a7dabc12eaa4ed
                wrong commitment,COMMITMENT,'',a7bf214ab87afe86ae30940aba6d25aa92d1c26a7c4de03ece1f5f63bd31ca5d9517ce97effb9ce62c4f01433335d070ca3de6243f4cb67a00a4deb622c6b80140d1c88f54ade32fdc
                wrong context,COMMITMENT,77726f6e6720636f6e74657874,36201844cafc0e596bec8782c560b7b1d065b90a94d227007f07a7185f0c1f449310232a0ff1d5667ece42aff4e7c0359df78ece43b312d50034c80236b5c7900f7eebe540d242b8eb
                part of a header,FORMAT,'',df71824d15ef9daa3746604934140e7dd6a5d106456d0fc11da28937b7080787da7a9be382a6dd6a
                nothing at all,FORMAT,'',''
                """)
        void are_refused(String name, Kind kind, String context, String sealed) {
            try (SecretBytes key = SecretBytes.copyOf(hex(KEY))) {
                assertRefused(kind, key, hex(context), hex(sealed));
            }
        }

        /** Deflated, because the published ciphertexts of whole chunks are mostly zeros. */
        @Test
        void hold_across_chunks() throws Exception {
            byte[] message = inflate(
                    "78daecc0312b05010000e0ab33889449c9a0cb22b9ba89943f70a5fc02db1918582c6e757465a0db6eb11ad5a52e1383b2dc"
                            + "a26c66a4647b75f55ebdf733def27d4f7ff71fd7e9db7137b778b1558707cdd27cf270d4177b2f7751f738d80e376f9ed7aa"
                            + "af7c793dfa0d47ef2797b3e57ed6bf360100000000000000000000000000000030750bc9613ffc6cafd232cb57ebd3b320de"
                            + "5d29cedbf876a7da18ff7fffcc4c020000ffffea552abb");
            byte[] reordered = inflate(
                    "78daecd03f2b05010000f0b733ab4b6755a697e17c0352cacef292283bd3934591de88dea0a737bde53248397f4add7a9781"
                            + "c5ee884557eaf23f1fe396dfef23fc36d7c2fbe0f6baa8868eff5e8ee6d7df3e06cb930b717be37b38493a97fdf3a4d91b74"
                            + "b38760fcee77efabb7949e4463dd89a9d30600000000000000000000000000000050bb76da1af909f2e93c5c7cad5a8f9111"
                            + "000000000000000000000000000000a8dfe1ee41b49d75b63ecb99b3d99be668a37cbfa8c2fde795abd59da7b9b85ffc0700"
                            + "00ffffa2eb3b6a");
            try (SecretBytes key = SecretBytes.copyOf(hex(KEY))) {
                byte[] plaintext = Cobblestone.open(key, new byte[0], message);
                assertThat(plaintext).hasSize(ChunkCipher.CHUNK_BYTES + 1);
                assertThat(MessageDigest.getInstance("SHA-512").digest(plaintext))
                        .isEqualTo(
                                hex(
                                        "db9e441f318209d02c8eaedfa94be7a08d3414057835c80ecea2deb0b16438ff97ae6dac13a749efe4a24686b01dc0dfab756703e810cc164466cd5cce99b3e8"));
                assertRefused(Kind.TAG, key, new byte[0], reordered);
            }
        }
    }

    @Nested
    class Round_trip {
        @Test
        void holds_for_every_size_around_the_boundaries_of_chunks() throws Exception {
            List<Integer> sizes = new ArrayList<>(List.of(0, 1, 15, 16, 17, 511, 512, 4096));
            for (int chunks = 1; chunks <= 3; chunks++) {
                for (int by = -17; by <= 17; by++) {
                    sizes.add(chunks * ChunkCipher.CHUNK_BYTES + by);
                }
            }
            new Random(1).ints(50, 0, 100_000).forEach(sizes::add);
            for (int size : sizes) {
                byte[] plaintext = randomBytes(size, size);
                byte[] sealed = Cobblestone.seal(KEY, CONTEXT, plaintext);
                assertThat(sealed).hasSize((int) Cobblestone.sealedLength(size));
                assertThat(Cobblestone.open(KEY, CONTEXT, sealed)).isEqualTo(plaintext);
                assertThat(openStream(sealed)).isEqualTo(plaintext);
                assertThat(Cobblestone.open(KEY, CONTEXT, sealStream(plaintext, 1 + size / 7)))
                        .isEqualTo(plaintext);
            }
        }

        @Test
        void seals_the_same_text_differently_each_time() {
            byte[] plaintext = randomBytes(100, 1);
            assertThat(Cobblestone.seal(KEY, CONTEXT, plaintext))
                    .isNotEqualTo(Cobblestone.seal(KEY, CONTEXT, plaintext));
        }

        @Test
        void holds_on_many_threads_at_once() throws Exception {
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                List<Callable<Boolean>> tasks = new ArrayList<>();
                for (int i = 0; i < 2_000; i++) {
                    byte[] plaintext = randomBytes(i, i);
                    tasks.add(() -> {
                        try (SecretBytes key = SecretBytes.random(Cobblestone.KEY_BYTES)) {
                            byte[] sealed = Cobblestone.seal(key, CONTEXT, plaintext);
                            return Arrays.equals(plaintext, Cobblestone.open(key, CONTEXT, sealed));
                        }
                    });
                }
                for (Future<Boolean> task : threads.invokeAll(tasks)) {
                    assertThat(task.get()).isTrue();
                }
            }
        }
    }

    @Nested
    class A_changed_message {
        @Test
        void is_refused_wherever_a_byte_differs() {
            byte[] sealed = Cobblestone.seal(KEY, CONTEXT, randomBytes(700, 2));
            for (int at = 0; at < sealed.length; at++) {
                byte[] changed = sealed.clone();
                changed[at] ^= 1;
                assertRefused(at < Cobblestone.HEADER_BYTES ? Kind.COMMITMENT : Kind.TAG, KEY, CONTEXT, changed);
            }
        }

        @Test
        void is_refused_in_every_class_of_positions_of_every_chunk() {
            byte[] sealed = Cobblestone.seal(KEY, CONTEXT, randomBytes(2 * ChunkCipher.CHUNK_BYTES + 100, 3));
            int chunk = ChunkCipher.SEALED_CHUNK_BYTES;
            int header = Cobblestone.HEADER_BYTES;
            for (int at : new int[] {
                header,
                header + chunk / 2,
                header + chunk - 17,
                header + chunk - 16,
                header + chunk - 1,
                header + chunk,
                header + 2 * chunk - 1,
                header + 2 * chunk,
                sealed.length - 17,
                sealed.length - 1
            }) {
                byte[] changed = sealed.clone();
                changed[at] ^= (byte) 0x80;
                assertRefused(Kind.TAG, KEY, CONTEXT, changed);
            }
        }

        @Test
        void is_refused_at_every_length_it_can_be_cut_to() {
            byte[] sealed = Cobblestone.seal(KEY, CONTEXT, randomBytes(2 * ChunkCipher.CHUNK_BYTES + 5, 4));
            for (int length = 0; length < sealed.length; length += length % 997 == 0 ? 1 : 7) {
                assertRefused(null, KEY, CONTEXT, Arrays.copyOf(sealed, length));
            }
            for (int chunks = 0; chunks <= 2; chunks++) {
                int cut = Cobblestone.HEADER_BYTES + chunks * ChunkCipher.SEALED_CHUNK_BYTES;
                assertRefused(Kind.FORMAT, KEY, CONTEXT, Arrays.copyOf(sealed, cut));
                assertRefused(Kind.FORMAT, KEY, CONTEXT, Arrays.copyOf(sealed, cut + 15));
            }
        }

        @Test
        void is_refused_with_bytes_behind_it() {
            for (int size : new int[] {0, 100, ChunkCipher.CHUNK_BYTES - 1, ChunkCipher.CHUNK_BYTES}) {
                byte[] sealed = Cobblestone.seal(KEY, CONTEXT, randomBytes(size, 5));
                for (int more : new int[] {1, 15, 16, 17, ChunkCipher.SEALED_CHUNK_BYTES}) {
                    assertRefused(null, KEY, CONTEXT, Arrays.copyOf(sealed, sealed.length + more));
                }
            }
        }

        @Test
        void is_refused_under_another_key_or_context() {
            byte[] sealed = Cobblestone.seal(KEY, CONTEXT, randomBytes(100, 6));
            try (SecretBytes other = SecretBytes.random(Cobblestone.KEY_BYTES)) {
                assertRefused(Kind.COMMITMENT, other, CONTEXT, sealed);
            }
            assertRefused(Kind.COMMITMENT, KEY, new byte[0], sealed);
            assertRefused(Kind.COMMITMENT, KEY, Arrays.copyOf(CONTEXT, CONTEXT.length + 1), sealed);
        }
    }

    @Nested
    class A_sealing_stream {
        @Test
        void that_was_closed_without_finish_leaves_a_message_that_does_not_open() throws IOException {
            for (int size : new int[] {0, 10, ChunkCipher.CHUNK_BYTES, ChunkCipher.CHUNK_BYTES + 10}) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (SealingOutputStream sealing = Cobblestone.sealing(KEY, CONTEXT, out)) {
                    sealing.write(randomBytes(size, 7));
                }
                assertRefused(Kind.FORMAT, KEY, CONTEXT, out.toByteArray());
            }
        }

        @Test
        void takes_nothing_after_finish_and_ends_once() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (SealingOutputStream sealing = Cobblestone.sealing(KEY, CONTEXT, out)) {
                sealing.write('a');
                sealing.finish();
                sealing.finish();
                assertThatThrownBy(() -> sealing.write('b')).isInstanceOf(IOException.class);
            }
            assertThat(Cobblestone.open(KEY, CONTEXT, out.toByteArray())).containsExactly('a');
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 64})
    void a_key_of_another_size_is_refused(int sizeBytes) {
        try (SecretBytes key = SecretBytes.random(sizeBytes)) {
            assertThatThrownBy(() -> Cobblestone.seal(key, CONTEXT, new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_closed_key_seals_nothing() {
        SecretBytes key = SecretBytes.random(Cobblestone.KEY_BYTES);
        key.close();
        assertThatThrownBy(() -> Cobblestone.seal(key, CONTEXT, new byte[0])).isInstanceOf(IllegalStateException.class);
    }

    private static void assertRefused(@Nullable Kind kind, SecretBytes key, byte[] context, byte[] sealed) {
        assertThatThrownBy(() -> Cobblestone.open(key, context, sealed))
                .isInstanceOfSatisfying(EnvelopeException.class, refused -> {
                    if (kind != null) {
                        assertThat(refused.kind()).isEqualTo(kind);
                    }
                });
        assertThatThrownBy(() -> Cobblestone.opening(key, context, new ByteArrayInputStream(sealed))
                        .readAllBytes())
                .isInstanceOf(EnvelopeException.class);
    }

    private static byte[] openStream(byte[] sealed) throws IOException {
        try (InputStream in = Cobblestone.opening(KEY, CONTEXT, new ByteArrayInputStream(sealed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] sealStream(byte[] plaintext, int step) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SealingOutputStream sealing = Cobblestone.sealing(KEY, CONTEXT, out)) {
            for (int from = 0; from < plaintext.length; from += step) {
                sealing.write(plaintext, from, Math.min(step, plaintext.length - from));
                sealing.flush();
            }
            sealing.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] randomBytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] inflate(String hex) throws IOException {
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(hex(hex)))) {
            return in.readAllBytes();
        }
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
