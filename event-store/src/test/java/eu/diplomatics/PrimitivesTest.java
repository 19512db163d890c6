package eu.diplomatics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** R35: the inventory of primitives is complete and current, for all modules. */
class PrimitivesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path INVENTORY = ROOT.resolve("docs").resolve("primitives.md");

    private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);
    private static final Pattern USE = Pattern.compile(
            "\\b(?:Cipher|Mac|MessageDigest|Signature|KeyFactory|KeyPairGenerator|KeyGenerator|SecretKeyFactory"
                    + "|KeyAgreement|KDF|KEM|KeyStore|SSLContext|CertificateFactory|AlgorithmParameters|SecureRandom"
                    + "|KeyManagerFactory|TrustManagerFactory)\\s*\\.getInstance\\(\\s*((?:[^,()]|\\([^()]*\\))+)");
    private static final Pattern RECOMMENDATION =
            Pattern.compile("^\\| `([^`]+)` \\|[^|]*\\|[^|]*\\|[^|]*\\|([^|]*)\\|$", Pattern.MULTILINE);
    /** A method reference hides the name, and these bring algorithms of their own. */
    private static final Pattern UNSEEN = Pattern.compile(
            "(?:Cipher|Mac|MessageDigest|Signature|KDF|KeyAgreement)::getInstance|org\\.bouncycastle|com\\.google\\.crypto");

    private static final Pattern SQL_USE = Pattern.compile(
            "\\b(md5|sha224|sha256|sha384|sha512|digest|hmac|crypt|pgp_\\w+)\\(", Pattern.CASE_INSENSITIVE);
    private static final Path FORMAT = ROOT.resolve("docs").resolve("event-store-format.md");
    private static final Pattern SECRET_USE = Pattern.compile(
            "\\b(?:keyring\\.secret\\(|secrets\\.apply\\(|IndexTerm\\.versioned\\(|new SecretVersions\\(keyring,)"
                    + "\\s*(\"[^\"]+\"|(?:[A-Z]\\w+\\.)?[A-Z_]+)\\s*[,)]");
    private static final Pattern OF_ANOTHER_CLASS = Pattern.compile("([A-Z]\\w+)\\.([A-Z_]+)");
    private static final Pattern SECRET_ROW =
            Pattern.compile("^\\| `([a-z0-9-]+)`[^|]*\\|[^|]*\\|[^|]*\\| zone B, wrapped by L1 \\|", Pattern.MULTILINE);
    private static final Pattern GUESSABLE = Pattern.compile(
            "\\b(?:ThreadLocalRandom|SplittableRandom|RandomGenerator|java\\.util\\.Random|Math\\.random|new Random\\()\\b");
    private static final Pattern UNMANAGED =
            Pattern.compile("java\\.lang\\.foreign|sun\\.misc\\.Unsafe|System\\.load|\\bnative [\\w<>\\[\\]]+ \\w+\\(");
    private static final Pattern OLD_PROTOCOL = Pattern.compile("\"(?:SSL\\w*|TLS|TLSv1|TLSv1\\.[012])\"");

    @Test
    void every_primitive_in_use_stands_in_the_inventory_and_every_one_that_stands_there_is_in_use() throws IOException {
        Map<String, Path> used = new TreeMap<>();
        for (Path source : mainFiles(".java")) {
            String text = Files.readString(source);
            Matcher use = USE.matcher(text);
            while (use.find()) {
                String argument = use.group(1).strip();
                if (!argument.endsWith(".getDefaultAlgorithm()")) {
                    names(argument, text).forEach(name -> used.put(name, source));
                }
            }
        }
        for (Path migration : mainFiles(".sql")) {
            Matcher use = SQL_USE.matcher(Files.readString(migration));
            while (use.find()) {
                used.put(use.group(1) + "()", migration);
            }
        }
        Set<String> listed = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(INVENTORY));
        while (row.find()) {
            listed.add(row.group(1));
        }
        assertThat(listed).as("docs/primitives.md against %s", used).isEqualTo(used.keySet());
    }

    @Test
    void every_primitive_names_who_recommends_it() throws IOException {
        Matcher row = RECOMMENDATION.matcher(Files.readString(INVENTORY));
        Set<String> recommended = new TreeSet<>();
        while (row.find()) {
            assertThat(row.group(2)).as(row.group(1)).containsPattern("\\b(BSI|NIST|RFC \\d+|OASIS)\\b");
            recommended.add(row.group(1));
        }
        assertThat(recommended).hasSizeGreaterThan(8);
    }

    @Test
    void no_primitive_is_asked_for_in_a_way_the_inventory_does_not_see() throws IOException {
        for (Path source : mainFiles(".java")) {
            // RFC 3161 by Bouncy Castle stands in the inventory by its class (docs/decisions/0008)
            if (!source.endsWith(Path.of("timestamp", "TimeStamps.java"))) {
                assertThat(Files.readString(source)).as(source.toString()).doesNotContainPattern(UNSEEN);
            }
        }
        assertThat(Files.readString(INVENTORY)).contains("**RFC 3161 time stamps**", "`timestamp.TimeStamps`");
    }

    @Test
    void every_named_secret_in_use_stands_in_the_table_of_keys_and_none_besides() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path source : mainFiles(".java")) {
            String text = Files.readString(source);
            Matcher use = SECRET_USE.matcher(text);
            while (use.find()) {
                used.add(literal(use.group(1), text));
            }
            assertThat(text).as(source.toString()).doesNotContain("nameUUIDFromBytes"); // MD5 by another name
        }
        Set<String> listed = new TreeSet<>();
        Matcher row = SECRET_ROW.matcher(Files.readString(FORMAT));
        while (row.find()) {
            listed.add(row.group(1));
        }
        assertThat(used).hasSizeGreaterThan(5);
        assertThat(listed).as("keys of docs/event-store-format.md").isEqualTo(used);
    }

    @Test
    void no_protocol_older_than_tls_1_3_is_named() throws IOException {
        for (Path source : mainFiles(".java")) {
            // Kafka has one word for all of TLS; its versions are another setting
            String text = Files.readString(source).replace("\"security.protocol\", \"SSL\"", "");
            assertThat(text).as(source.toString()).doesNotContainPattern(OLD_PROTOCOL);
            if (!source.endsWith(Path.of("edge", "EdgeTls.java"))) {
                // there, and only where the configuration asks for it
                assertThat(text).as(source.toString()).doesNotContain("TLSv1.2");
            }
        }
    }

    /** ASVS 11.5.1: what must not be guessed comes from a SecureRandom; ports, ids of traces and samples may be guessed. */
    @Test
    void guessable_numbers_are_for_what_nobody_has_to_guess() throws IOException {
        Set<String> guessable = new TreeSet<>();
        for (Path source : mainFiles(".java")) {
            if (GUESSABLE.matcher(Files.readString(source)).find()) {
                guessable.add(ROOT.relativize(source).toString().replaceAll("src/main/java/eu/diplomatics/", ""));
            }
        }
        assertThat(guessable)
                .contains("query-service/query/problem/TraceId.java")
                .allSatisfy(source -> assertThat(source)
                        .matches(
                                "local-services/local/Ports\\.java|(query|registry)-service/\\w+/problem/TraceId\\.java"
                                        + "|quickstart/quickstart/(bench|demo|sample)/\\w+\\.java"));
    }

    /** ASVS 1.4.1. */
    @Test
    void memory_that_java_does_not_look_after_is_touched_at_the_interface_of_tokens_only() throws IOException {
        Set<String> touching = new TreeSet<>();
        for (Path source : mainFiles(".java")) {
            if (UNMANAGED.matcher(Files.readString(source)).find()) {
                touching.add(String.valueOf(source.getFileName()));
            }
        }
        assertThat(touching)
                .containsExactlyInAnyOrder(
                        "Pkcs11Administration.java",
                        "Pkcs11Library.java",
                        // which measures, and is no part of a service
                        "ReencryptBench.java");
    }

    /** One name, or both of a choice. */
    private static Set<String> names(String argument, String source) {
        if (!argument.contains("?")) {
            return Set.of(literal(argument, source));
        }
        String[] chosen = argument.substring(argument.indexOf('?') + 1).split(":", -1);
        return Stream.of(chosen).map(each -> literal(each.strip(), source)).collect(Collectors.toSet());
    }

    /**
     * A literal, a constant of the same file, or one that is named as such a constant of another; anything else could not
     * be inventoried.
     */
    private static String literal(String argument, String source) {
        if (argument.startsWith("\"") && argument.endsWith("\"")) {
            return argument.substring(1, argument.length() - 1);
        }
        Matcher of = OF_ANOTHER_CLASS.matcher(argument);
        if (of.matches()) {
            return literal(of.group(2), sourceOf(of.group(1)));
        }
        Matcher constant = Pattern.compile("\\bString " + Pattern.quote(argument) + "\\s*=\\s*\"([^\"]+)\"")
                .matcher(source);
        Matcher elsewhere = Pattern.compile("\\bString " + Pattern.quote(argument) + "\\s*=\\s*([A-Z]\\w+\\.[A-Z_]+);")
                .matcher(source);
        if (elsewhere.find()) {
            return literal(elsewhere.group(1), source);
        }
        assertThat(constant.find())
                .as("an algorithm is named by a literal or a constant of the same file, not %s", argument)
                .isTrue();
        return constant.group(1);
    }

    private static String sourceOf(String type) {
        try {
            List<Path> files = mainFiles(".java").stream()
                    .filter(file -> file.endsWith(type + ".java"))
                    .toList();
            assertThat(files).as("one class named %s", type).hasSize(1);
            return Files.readString(files.getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<Path> mainFiles(String suffix) throws IOException {
        Set<Path> files = new TreeSet<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path main : modules.map(module -> module.resolve("src").resolve("main"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> found = Files.walk(main)) {
                    found.filter(file -> file.toString().endsWith(suffix)).forEach(files::add);
                }
            }
        }
        assertThat(files).isNotEmpty();
        return files;
    }
}
