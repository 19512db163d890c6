package eu.diplomatics.qualification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/error-codes.md (L2.14)")
class ErrorCodesTest {
    private static final Pattern ROW = Pattern.compile("^\\| `([A-Z_]+)` \\| (\\d{3}) \\|", Pattern.MULTILINE);
    private static final Pattern CONSTANT = Pattern.compile("^ {4}([A-Z_]+)\\((\\d{3}), ", Pattern.MULTILINE);

    /** Codes that are not the domain's. Once promised, a code stays: never take one away here. */
    private static final Set<String> PROMISED = Set.of(
            "PURPOSE_REQUIRED",
            "UNAUTHENTICATED",
            "SIGNATURE_REFUSED",
            "MESSAGE_REPLAYED",
            "NOT_ALLOWED",
            "NOT_FOUND",
            "METHOD_NOT_ALLOWED",
            "NOT_ACCEPTABLE",
            "IDEMPOTENCY_CONFLICT",
            "VERSION_STALE",
            "TOO_LARGE",
            "UNSUPPORTED_MEDIA_TYPE",
            "VERSION_REQUIRED",
            "TOO_MANY_UPLOADS",
            "KEYS_UNAVAILABLE",
            "LOG_UNAVAILABLE",
            "BATCHES_UNAVAILABLE",
            "STORE_UNAVAILABLE",
            "NOT_YET_PROJECTED",
            "RECORD_UNAVAILABLE",
            "INDEX_MISMATCH",
            "INTERNAL");

    @Test
    void lists_exactly_the_codes_there_are_each_once() throws IOException {
        List<String> listed = rows().stream().map(row -> row.group(1)).toList();
        Set<String> codes = new TreeSet<>(PROMISED);
        Arrays.stream(RejectionCode.values()).map(Enum::name).forEach(codes::add);
        codes.addAll(servicesCodes().keySet());
        assertThat(listed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(codes);
    }

    @Test
    void gives_each_code_the_status_it_is_answered_with() throws IOException {
        var listed = rows().stream().collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        assertThat(listed).containsAllEntriesOf(servicesCodes());
        for (RejectionCode code : RejectionCode.values()) {
            assertThat(listed.get(code.name()))
                    .as(code.name())
                    .isEqualTo(
                            switch (code.kind()) {
                                case UNREADABLE -> "400";
                                case FORBIDDEN -> "403";
                                case UNKNOWN -> "404";
                                case CONFLICT -> "409";
                                case INVALID -> "422";
                            });
        }
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(Path.of("../docs/error-codes.md")))
                .results()
                .toList();
    }

    /** The codes the services add, with their status, read from their sources: they are not on this module's path. */
    private static Map<String, String> servicesCodes() throws IOException {
        Map<String, String> codes = new TreeMap<>();
        try (Stream<Path> services = Files.list(Path.of(".."))) {
            for (Path service : services.toList()) {
                Path sources = service.resolve("src/main/java");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        for (Path file : files.filter(f -> f.endsWith("ProblemCode.java"))
                                .toList()) {
                            Matcher constants = CONSTANT.matcher(Files.readString(file));
                            while (constants.find()) {
                                codes.put(constants.group(1), constants.group(2));
                            }
                        }
                    }
                }
            }
        }
        return codes;
    }
}
