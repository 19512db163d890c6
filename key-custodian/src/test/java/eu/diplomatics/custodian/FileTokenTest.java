package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.custodian.Token.KeyKind;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTokenTest {
    private static final byte[] CONTEXT = {1};

    @TempDir
    Path directory;

    private char[] password() {
        return "correct".toCharArray();
    }

    private Path file() {
        return directory.resolve("keys.p12");
    }

    @Test
    void keepsItsKeysOverAReopening() {
        Token.Sealed sealed;
        byte[] digest;
        byte[] publicKey;
        try (Token token = FileToken.create(file(), password(), Map.of())) {
            token.create("epoch-2026-11-22", KeyKind.WRAPPING);
            token.create("holder-index", KeyKind.DIGEST);
            token.create("receipt-signing", KeyKind.SIGNING);
            sealed = token.wrap("epoch-2026-11-22", CONTEXT, new byte[] {42});
            digest = token.digest("holder-index", List.of(new byte[] {1})).getFirst();
            publicKey = token.publicKey("receipt-signing");
        }
        try (Token token = FileToken.open(file(), password())) {
            assertThat(token.labels()).containsExactly("epoch-2026-11-22", "holder-index", "receipt-signing");
            assertThat(token.unwrap("epoch-2026-11-22", CONTEXT, sealed)).containsExactly(42);
            assertThat(token.digest("holder-index", List.of(new byte[] {1})).getFirst())
                    .isEqualTo(digest);
            assertThat(token.publicKey("receipt-signing")).isEqualTo(publicKey);
        }
    }

    @Test
    void usesEachKeyForItsPurposeOnly() {
        try (Token token = FileToken.create(file(), password(), Map.of())) {
            token.create("holder-index", KeyKind.DIGEST);
            token.create("epoch-2026-11-22", KeyKind.WRAPPING);
            assertReason(Reason.UNKNOWN_KEY, () -> token.wrap("holder-index", CONTEXT, new byte[16]));
            assertReason(Reason.UNKNOWN_KEY, () -> token.digest("epoch-2026-11-22", List.of(new byte[16])));
            assertReason(Reason.UNKNOWN_KEY, () -> token.create("holder-index", KeyKind.WRAPPING));
            assertReason(Reason.UNKNOWN_KEY, () -> token.destroy("epoch-2026-11-21"));
        }
    }

    @Test
    void makesAnInitialisationVectorOfItsOwnEachTime() {
        try (Token token = FileToken.create(file(), password(), Map.of())) {
            token.create("epoch-2026-11-22", KeyKind.WRAPPING);
            Token.Sealed first = token.wrap("epoch-2026-11-22", CONTEXT, new byte[32]);
            Token.Sealed second = token.wrap("epoch-2026-11-22", CONTEXT, new byte[32]);
            assertThat(first.iv()).hasSize(12).isNotEqualTo(second.iv());
            assertThat(first.ciphertext()).isNotEqualTo(second.ciphertext());
        }
    }

    @Test
    void aDestroyedKeyIsGoneAfterAReopeningToo() {
        try (Token token = FileToken.create(file(), password(), Map.of())) {
            token.create("epoch-2026-11-22", KeyKind.WRAPPING);
            token.destroy("epoch-2026-11-22");
            assertReason(Reason.UNKNOWN_KEY, () -> token.wrap("epoch-2026-11-22", CONTEXT, new byte[16]));
        }
        try (Token token = FileToken.open(file(), password())) {
            assertThat(token.labels()).isEmpty();
        }
    }

    @Test
    void noKeyCanBeReadInItsDirectoryAndOnlyTheOwnerReadsIt() throws IOException {
        Map<String, FileToken.FileKey> keys;
        try (Token token = FileToken.create(file(), password(), CustodianVerbs.FIRST_KEYS)) {
            token.create("epoch-2026-11-22", KeyKind.WRAPPING);
        }
        try (KeyFile reader = KeyFile.lock(file(), password())) {
            keys = reader.read();
        }
        ByteArrayOutputStream everything = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path found : files.filter(Files::isRegularFile).toList()) {
                everything.writeBytes(Files.readAllBytes(found));
            }
        }
        String content = everything.toString(StandardCharsets.ISO_8859_1);
        assertThat(keys).hasSize(4).allSatisfy((label, key) -> {
            assertThat(content).doesNotContain(new String(key.secret(), StandardCharsets.ISO_8859_1));
            assertThat(content).doesNotContain(HexFormat.of().formatHex(key.secret()));
            assertThat(content).doesNotContain(Base64.getEncoder().encodeToString(key.secret()));
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void saysWhatIsWrongWithItsFile() throws IOException {
        assertReason(Reason.MISSING, () -> FileToken.open(file(), password()));
        assertReason(Reason.MISSING, () -> FileToken.open(directory.resolve("no/keys.p12"), password()));
        try (Token token = FileToken.create(file(), password(), CustodianVerbs.FIRST_KEYS)) {
            assertReason(Reason.IN_USE, () -> FileToken.open(file(), password()));
        }
        assertReason(Reason.IN_USE, () -> FileToken.create(file(), password(), Map.of()));
        assertReason(Reason.WRONG_PASSWORD, () -> FileToken.open(file(), "other".toCharArray()));
        byte[] content = Files.readAllBytes(file());
        for (int keep : new int[] {0, 1, content.length / 2, content.length - 1}) {
            Files.write(file(), Arrays.copyOf(content, keep));
            assertReason(Reason.CORRUPT, () -> FileToken.open(file(), password()));
        }
        Files.write(file(), content);
        FileToken.open(file(), password()).close();
    }

    @Test
    void aFileThatSomeoneElseChangedIsNotUsedAnyMore() throws IOException {
        try (Token token = FileToken.create(file(), password(), Map.of())) {
            token.create("holder-index", KeyKind.DIGEST);
            Files.copy(file(), directory.resolve("copy"));
            Files.move(directory.resolve("copy"), file(), StandardCopyOption.REPLACE_EXISTING);
            assertReason(Reason.UNAVAILABLE, () -> token.digest("holder-index", List.of(new byte[16])));
            assertReason(Reason.UNAVAILABLE, () -> token.create("epoch-2026-11-22", KeyKind.WRAPPING));
        }
    }

    @Test
    void aHalfWrittenSuccessorDoesNotHurtAndIsDeleted() throws IOException {
        try (Token token = FileToken.create(file(), password(), Map.of())) {
            token.create("holder-index", KeyKind.DIGEST);
        }
        Path leftover = Files.write(directory.resolve("keys.p12.123.new"), new byte[] {1, 2, 3});
        Path other = Files.write(directory.resolve("other.p12.123.new"), new byte[] {1, 2, 3});
        try (Token token = FileToken.open(file(), password())) {
            assertThat(token.labels()).containsExactly("holder-index");
            assertThat(leftover).doesNotExist();
            assertThat(other).exists();
        }
    }

    private static void assertReason(Reason reason, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
