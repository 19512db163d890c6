package eu.diplomatics.backup.portable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.backup.portable.EventLine.Content;
import eu.diplomatics.eventstore.EventContext;
import eu.diplomatics.sensitivity.Sensitivity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside is believed when it is signed, whole, and nothing else. */
class BagTest {
    @TempDir
    Path directory;

    private KeyPair pair;
    private Path key;
    private Path folder;

    @BeforeEach
    void make() throws Exception {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        key = Files.writeString(
                directory.resolve("key.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        folder = Files.createDirectories(directory.resolve("bag"));
        Bag.write(folder, "data/events/a.age", new byte[] {1, 2, 3});
        Bag.write(folder, "order.json", new byte[] {'{', '}'});
        finish(Map.of("data/events/a.age", Sha256.of(folder.resolve("data/events/a.age"))));
    }

    private void finish(Map<String, String> payload) throws IOException {
        Bag.finish(folder, new TreeMap<>(payload), List.of("order.json"), Map.of("Bagging-Date", "2026-11-23"), key);
    }

    private Bag verified() throws IOException, PortableException {
        return Bag.verified(folder, List.of(pair.getPublic().getEncoded()));
    }

    private void isRefused(ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        PortableException.class,
                        e -> assertThat(e.code()).isEqualTo(PortableException.Code.BAG_BROKEN));
    }

    @Nested
    class ABag {
        @Test
        void isReadWhenAllIsAsItWasWritten() throws Exception {
            assertThat(verified().payload()).containsOnlyKeys("data/events/a.age");
        }

        @Test
        void isRefusedWithAnyBitFlippedInAnyFile() throws Exception {
            try (var walked = Files.walk(folder)) {
                for (Path file : walked.filter(Files::isRegularFile).toList()) {
                    byte[] whole = Files.readAllBytes(file);
                    for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 7)) {
                        byte[] flipped = whole.clone();
                        flipped[at] ^= 1;
                        Files.write(file, flipped);
                        isRefused(BagTest.this::verified);
                    }
                    Files.write(file, whole);
                }
            }
            verified();
        }

        @Test
        void isRefusedWithAFileMoreOrLessOrALink() throws Exception {
            Path more = Files.writeString(folder.resolve("data/more"), "x");
            isRefused(BagTest.this::verified);
            Files.delete(more);
            Files.createSymbolicLink(more, directory.resolve("key.pem"));
            isRefused(BagTest.this::verified);
            Files.delete(more);
            verified();
            Files.delete(folder.resolve("data/events/a.age"));
            isRefused(BagTest.this::verified);
        }

        @Test
        void isRefusedFromASignerWhoIsNotBelieved() throws Exception {
            byte[] other = KeyPairGenerator.getInstance("Ed25519")
                    .generateKeyPair()
                    .getPublic()
                    .getEncoded();
            isRefused(() -> Bag.verified(folder, List.of(other)));
            isRefused(() -> Bag.verified(folder, List.of()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "data/../../key.pem",
                    "../key.pem",
                    "/etc/passwd",
                    "data/./a.age",
                    "data//a.age",
                    "data\\..\\key.pem",
                    "data/.hidden",
                    "~/key.pem",
                    "C:/key.pem",
                    "data/events/a.age/",
                    "order.json"
                })
        void isRefusedWithANameThatLeadsElsewhereEvenWhenItIsSigned(String name) throws Exception {
            String hash = Sha256.of(key);
            finish(Map.of(name, hash));
            isRefused(BagTest.this::verified);
        }
    }

    @Nested
    class ALine {
        private final EventLine line = new EventLine(
                42,
                Instant.parse("2026-11-23T06:00:00.123456Z"),
                new EventContext(UUID.randomUUID(), 3, "QualificationAnnulled", 1),
                UUID.randomUUID(),
                UUID.randomUUID(),
                1,
                "STATUTORY",
                new byte[32],
                new byte[32],
                Content.PRESENT,
                new byte[32],
                "{\"holder\":\"Ó }{ \\\"\",\"n\":[1,{}]}".getBytes(StandardCharsets.UTF_8));

        private byte[] written() {
            byte[] bytes = line.bytes();
            return Arrays.copyOf(bytes, bytes.length - 1);
        }

        @Test
        void isReadAsItWasWrittenToTheByteOfItsData() throws Exception {
            EventLine read = EventLine.parse(written());
            assertThat(read.body()).isEqualTo(line.body());
            assertThat(read.bytes()).isEqualTo(line.bytes());
            assertThat(read.toString()).doesNotContain("holder=");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"id\":\"43\"", "\"content\":\"lost\"", "\"position\":43", "\"new\":1,\"id\":\"42\""})
        void isRefusedInAnyOtherForm(String member) {
            String name = member.substring(0, member.indexOf(':') + 1);
            String text = new String(written(), StandardCharsets.UTF_8);
            String other = name.equals("\"new\":")
                    ? text.replace("\"id\":\"42\"", member)
                    : text.replaceFirst(name + "(\"[^\"]*\"|\\d+)", member);
            isRefused(() -> EventLine.parse(other.getBytes(StandardCharsets.UTF_8)));
            isRefused(() -> EventLine.parse((text + " ").getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void whatIsForOneIdentityOpensUnderNoOther() throws Exception {
        Age.Pair reader = Age.generate();
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (var out = Age.encrypting(sealed, reader.recipient())) {
            out.write(new byte[200_000]);
        }
        try (var in = Age.decrypting(new ByteArrayInputStream(sealed.toByteArray()), reader.identity())) {
            assertThat(in.readAllBytes()).isEqualTo(new byte[200_000]);
        }
        assertThatThrownBy(() -> Age.decrypting(
                        new ByteArrayInputStream(sealed.toByteArray()),
                        Age.generate().identity()))
                .isInstanceOf(PortableException.class);
        byte[] flipped = sealed.toByteArray();
        flipped[flipped.length - 70_000] ^= 1;
        assertThatThrownBy(() -> Age.decrypting(new ByteArrayInputStream(flipped), reader.identity())
                        .readAllBytes())
                .isInstanceOf(IOException.class);
    }

    @Test
    void anOrderHasOneForm() throws Exception {
        ExportOrder order = ExportOrder.of(
                Age.generate().recipient(),
                Sensitivity.SPECIAL,
                0,
                0,
                "exit",
                Instant.parse("2026-11-23T06:00:00Z"),
                Duration.ofHours(24));
        assertThat(order.text()).contains("\"sensitivity\":\"SPECIAL\"");
        assertThat(ExportOrder.parse(order.text())).isEqualTo(order);
        assertThatThrownBy(() -> ExportOrder.parse(order.text() + " ")).isInstanceOf(PortableException.class);
        assertThatThrownBy(() -> ExportOrder.parse("{}")).isInstanceOf(PortableException.class);
    }

    /** R30: what was approved before orders had a class stays what was approved, and is of the highest. */
    @Test
    void anOrderWithoutAClassIsSpecialAndKeepsItsHash() throws Exception {
        String text = "{\"client\":\"exporter\",\"id\":\"1\",\"purpose\":\"exit\",\"recipient\":\"age1\",\"since\":0,"
                + "\"type\":\"diplomatics export order v1\",\"until\":0,\"validUntil\":\"2026-11-24T06:00:00Z\"}";
        ExportOrder order = ExportOrder.parse(text);
        assertThat(order.highest()).isEqualTo(Sensitivity.SPECIAL);
        assertThat(order.hash()).isEqualTo(Sha256.of(text));
    }
}
