package eu.diplomatics.custodian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R06 for the custodian's own log: whatever is done to its files shows, and where. */
class AuditLogTest {
    private static final String FIRST = "sealed-2026-11-22.jsonl";
    private static final String SECOND = "sealed-2026-11-23.jsonl";
    private static final String THIRD = "sealed-2026-11-24.jsonl";

    @TempDir
    Path directory;

    private final AdjustableClock clock = new AdjustableClock(Instant.parse("2026-11-22T12:00:00Z"));
    private Token token;
    private Path audit;

    @BeforeEach
    void threeDays() throws IOException {
        token = FileToken.create(directory.resolve("keys.p12"), "x".toCharArray(), CustodianVerbs.FIRST_KEYS);
        audit = directory.resolve("audit");
        try (AuditLog log = open()) {
            write(log, 1_200);
            clock.advance(Duration.ofDays(1));
            write(log, 5);
            clock.advance(Duration.ofDays(1));
            write(log, 5);
        }
    }

    @AfterEach
    void close() {
        token.close();
    }

    @Test
    void anUntouchedLogIsAsItWasWritten() throws IOException {
        AuditVerifier.Report report = verify();
        assertThat(report.problem()).isEmpty();
        assertThat(report.lines()).isGreaterThan(1_210);
        assertThat(report.signedUpTo()).as("signed when it was closed").isEqualTo(report.lines() - 1);
        assertThat(report.signedBy()).containsOnlyKeys(fingerprint());
    }

    @Test
    void itGoesOnAfterARestartACrashAndANewReceiptKey() throws IOException {
        AuditLog left = open();
        write(left, 3);
        // as a crash leaves it: no last line, and half of another
        Files.writeString(audit.resolve(THIRD), "{\"n\":9,\"at\":\"2026-", StandardOpenOption.APPEND);
        assertThat(verify().problem()).as("before the restart").isEmpty();
        token.create("receipt-signing-2", Token.KeyKind.SIGNING);
        try (AuditLog log = open()) {
            assertThat(log.intact()).isTrue();
            write(log, 3);
        }
        AuditVerifier.Report report = verify();
        assertThat(report.problem()).isEmpty();
        assertThat(report.signedBy()).hasSize(2).containsKey(fingerprint());
        assertThat(Files.readString(audit.resolve(THIRD))).contains("START_AFTER_CRASH");
    }

    @Test
    void aClockThatIsSetBackChangesNeitherTheOrderNorTheTimeThatCounts() throws IOException {
        clock.advance(Duration.ofDays(-2));
        try (AuditLog log = open()) {
            assertThat(log.now()).isEqualTo(Instant.parse("2026-11-24T12:00:00Z"));
            write(log, 3);
        }
        assertThat(verify().problem()).isEmpty();
        assertThat(lines(THIRD)).anyMatch(line -> line.contains("2026-11-22T12:00:00Z"));
    }

    @Nested
    class Tampering {
        @Test
        void aChangedLineIsFound() throws IOException {
            change(SECOND, lines -> lines.set(2, lines.get(2).replace("registry", "operator")));
            assertFound(SECOND, 3, "changed");
        }

        @Test
        void aDeletedLineIsFound() throws IOException {
            change(FIRST, lines -> lines.remove(700));
            assertFound(FIRST, 701, "gone");
        }

        @Test
        void anInsertedLineIsFound() throws IOException {
            change(FIRST, lines -> lines.add(700, lines.get(699)));
            assertFound(FIRST, 701, "added");
        }

        @Test
        void twoLinesThatChangedPlacesAreFound() throws IOException {
            change(FIRST, lines -> Collections.swap(lines, 500, 501));
            assertFound(FIRST, 501, "moved");
        }

        @Test
        void aFileThatIsGoneIsFoundInTheNextOne() throws IOException {
            Files.delete(audit.resolve(SECOND));
            assertFound(THIRD, 1, "gone");
        }

        @Test
        void theFirstFileThatIsGoneIsFound() throws IOException {
            Files.delete(audit.resolve(FIRST));
            assertFound(SECOND, 1, "gone");
        }

        @Test
        void aCarriageReturnIsFound() throws IOException {
            change(SECOND, lines -> lines.set(1, lines.get(1) + "\r"));
            assertFound(SECOND, 2, "not a line");
        }

        @Test
        void aCutEndIsFound() throws IOException {
            change(THIRD, lines -> lines.subList(2, lines.size()).clear());
            assertFound(THIRD, 2, "cut");
        }

        @Test
        void theLastFileThatIsGoneIsFound() throws IOException {
            Files.delete(audit.resolve(THIRD));
            assertThat(verify().problem()).contains(SECOND, "cut");
        }

        @Test
        void aWholeLogThatIsGoneIsFound() throws IOException {
            for (String file : List.of(FIRST, SECOND, THIRD)) {
                Files.delete(audit.resolve(file));
            }
            assertThat(verify().problem()).contains("holds no audit log");
            try (AuditLog log = open()) {
                assertThat(log.intact()).isFalse();
            }
        }

        @Test
        void anOlderCopyOfTheWholeDirectoryIsFoundByAHeadKeptOutside() throws IOException {
            Path copy = directory.resolve("copy");
            Files.createDirectories(copy.resolve("state"));
            for (String file : List.of(FIRST, SECOND, THIRD, "state/head.json")) {
                Files.copy(audit.resolve(file), copy.resolve(file));
            }
            String outside;
            try (AuditLog log = open()) {
                write(log, 3);
                outside = log.currentHead().hash();
            }
            assertThat(AuditVerifier.verify(audit, Optional.of(outside), Optional.empty())
                            .problem())
                    .isEmpty();
            for (String file : List.of(FIRST, SECOND, THIRD, "state/head.json")) {
                Files.copy(copy.resolve(file), audit.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            assertThat(verify().problem()).as("nothing in the directory tells").isEmpty();
            assertThat(AuditVerifier.verify(audit, Optional.of(outside), Optional.empty())
                            .problem())
                    .contains(THIRD, "cut");
        }

        @Test
        void aChainThatWasCalculatedAnewIsFoundByTheNextSignature() throws IOException {
            String before = AuditLine.START;
            for (String file : List.of(FIRST, SECOND, THIRD)) {
                List<String> fresh = new ArrayList<>();
                for (String text : lines(file)) {
                    AuditLine line =
                            Objects.requireNonNull(AuditLine.read(text)).line();
                    AuditLine forged = new AuditLine(
                            line.n(),
                            line.at(),
                            line.n() == 500 ? "somebody" : line.client(),
                            line.certificate(),
                            line.verb(),
                            line.keys(),
                            line.outcome(),
                            line.previous() == null ? null : before,
                            line.publicKey(),
                            line.signature());
                    AuditLine.Written written = forged.after(before);
                    before = written.hash();
                    fresh.add(written.text());
                }
                Files.write(audit.resolve(file), fresh);
            }
            // the last signed head would tell already
            Files.delete(audit.resolve("state/head.json"));
            assertFound(FIRST, 1_003, "did not sign");
        }

        @Test
        void aLogWrittenAnewUnderAnotherKeyIsFoundByTheKeyKeptOutside() throws IOException {
            String genuine = fingerprint();
            token.close();
            token = FileToken.create(directory.resolve("other.p12"), "x".toCharArray(), CustodianVerbs.FIRST_KEYS);
            Path other = audit;
            audit = directory.resolve("forged");
            try (AuditLog log = open()) {
                write(log, 10);
            }
            assertThat(verify().problem()).isEmpty();
            assertThat(AuditVerifier.verify(audit, Optional.empty(), Optional.of(genuine))
                            .problem())
                    .contains("another log");
            audit = other;
            assertThat(AuditVerifier.verify(audit, Optional.empty(), Optional.of(genuine))
                            .problem())
                    .isEmpty();
        }

        @Test
        void theCustodianSaysAtItsStartThatTheNewestFileIsNotWhole() throws IOException {
            change(THIRD, lines -> lines.remove(2));
            try (AuditLog log = open()) {
                assertThat(log.intact()).isFalse();
            }
        }

        private void assertFound(String file, int line, String what) throws IOException {
            assertThat(verify().problem())
                    .contains(file + " line " + line + " ")
                    .contains(what);
        }

        private void change(String file, Consumer<List<String>> change) throws IOException {
            List<String> lines = new ArrayList<>(lines(file));
            change.accept(lines);
            Files.writeString(audit.resolve(file), String.join("\n", lines) + "\n");
        }
    }

    private AuditLog open() throws IOException {
        return new AuditLog(audit, "test", clock, new ReceiptSigner(token));
    }

    private static void write(AuditLog log, int lines) {
        for (int i = 0; i < lines; i++) {
            log.write("registry", "1f", "INDEX", Map.of("holder-index", i + 1), "OK");
        }
    }

    private List<String> lines(String file) throws IOException {
        return Files.readString(audit.resolve(file)).lines().toList();
    }

    private AuditVerifier.Report verify() throws IOException {
        return AuditVerifier.verify(audit, Optional.empty(), Optional.empty());
    }

    private String fingerprint() {
        return PublicKeys.fingerprint(token.publicKey(KeyLabels.RECEIPT_SIGNING));
    }
}
