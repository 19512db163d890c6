package eu.diplomatics.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.portal.asking.ShownRefusal;
import eu.diplomatics.portal.page.Words.Text;
import eu.diplomatics.portal.registry.Refusal;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.support.ResourceBundleMessageSource;

/** R28: everything is said in both languages. */
class WordsTest {
    private static final Locale DUTCH = Languages.ALL.getFirst();
    private static final Locale ENGLISH = Languages.ALL.getLast();
    private static final Pattern USED = Pattern.compile("#\\{([a-z][a-z.-]*)");

    private final Words words = new Words(messages());

    private static ResourceBundleMessageSource messages() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("text/pages");
        messages.setDefaultEncoding("UTF-8");
        messages.setFallbackToSystemLocale(false);
        return messages;
    }

    private static Properties file(String name) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(WordsTest.class.getResourceAsStream("/text/" + name + ".properties")),
                StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }

    @Test
    void both_languages_say_the_same_things() throws IOException {
        Set<String> dutch = new TreeSet<>(file("pages").stringPropertyNames());
        Set<String> english = new TreeSet<>(file("pages_en").stringPropertyNames());
        assertThat(english.stream().filter(key -> !key.startsWith("value."))).containsExactlyElementsOf(dutch);
        assertThat(english).filteredOn(key -> key.startsWith("value.")).hasSizeGreaterThan(40);
    }

    @Test
    void what_takes_a_word_in_the_middle_has_no_apostrophe_that_would_swallow_it() throws IOException {
        for (String name : Set.of("pages", "pages_en")) {
            assertThat(file(name).entrySet())
                    .filteredOn(entry -> entry.getValue().toString().contains("{0"))
                    .isNotEmpty()
                    .noneMatch(entry -> entry.getValue().toString().contains("'"));
        }
    }

    @Test
    void everything_that_a_page_says_is_among_the_words() throws IOException {
        Properties known = file("pages");
        for (String page : Set.of(
                "frame",
                "pieces",
                "welcome",
                "signed-out",
                "failure",
                "qualifications",
                "represented",
                "accesses",
                "consult",
                "question",
                "access-log",
                "seal",
                "subject-access")) {
            String text = new String(
                    Objects.requireNonNull(WordsTest.class.getResourceAsStream("/templates/" + page + ".html"))
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
            assertThat(USED.matcher(text).results().map(found -> found.group(1)))
                    .as(page)
                    .isNotEmpty()
                    .allSatisfy(key -> assertThat(known).containsKey(key));
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_failure_is_explained(Failure failure) {
        for (Locale language : Languages.ALL) {
            assertThat(words.say("failure." + failure.key() + ".title", language))
                    .isNotBlank();
            assertThat(words.say("failure." + failure.key() + ".text", language))
                    .isNotBlank();
        }
    }

    @Test
    void whoever_and_whatever_the_access_log_can_name_has_words() {
        for (Locale language : Languages.ALL) {
            for (String role : Set.of("SELF", "CONTROLLER", "DPO", "AUDITOR", "DELEGATE", "CITIZEN", "REGISTRY")) {
                assertThat(words.code("by", role, language).text()).isNotEqualTo(role);
            }
            for (String operation : Set.of(
                    "CONSULT",
                    "CONSULT_BATCH",
                    "READ",
                    "HISTORY",
                    "PREDICATE",
                    "OPEN_CASE",
                    "EXPORT",
                    "OWN_ACCESS_LOG",
                    "ACCESS_LOG",
                    "ACCESS_STATISTICS")) {
                assertThat(words.code("operation", operation, language).text()).isNotEqualTo(operation);
            }
            for (String outcome :
                    Set.of("DISCLOSED", "NOTHING_FOUND", "UNREADABLE", "YES", "NO", "FOLLOWED", "REFUSED")) {
                assertThat(words.code("outcome", outcome, language).text()).isNotEqualTo(outcome);
            }
        }
        assertThat(words.code("purpose", "unheard-of", ENGLISH).text())
                .as("shown as it is")
                .isEqualTo("unheard-of");
    }

    /** R32: also what is said to staff. */
    @Test
    void every_refusal_every_page_and_every_finding_has_words() {
        for (Locale language : Languages.ALL) {
            Refusal.CODES.forEach(code -> {
                ShownRefusal shown = ShownRefusal.of(new Refusal(400, code, "/nowhere"), words, language);
                assertThat(shown.why()).isNotBlank();
                assertThat(shown.todo()).isNotBlank().isNotEqualTo(shown.why());
            });
            assertThat(ShownRefusal.of(new Refusal(400, "MALFORMED", "/insz"), words, language))
                    .as("the very field")
                    .isNotEqualTo(ShownRefusal.of(new Refusal(400, "MALFORMED", ""), words, language));
            assertThat(Pages.all())
                    .allSatisfy(page -> assertThat(words.say(page.substring(1) + ".title", language))
                            .isNotBlank());
            for (String operation : Set.of(
                    "CONSULT",
                    "CONSULT_BATCH",
                    "READ",
                    "HISTORY",
                    "PREDICATE",
                    "EXPORT",
                    "OWN_ACCESS_LOG",
                    "ACCESS_LOG",
                    "ACCESS_STATISTICS",
                    "ACCESS_SAMPLE",
                    "NOTICES",
                    "ACKNOWLEDGE_NOTICES",
                    "OPEN_CASE",
                    "CASES",
                    "CLOSE_CASE")) {
                assertThat(words.code("asked", operation, language).text()).isNotEqualTo(operation);
            }
            for (String said :
                    Set.of("VALID", "INVALID", "WAITING", "UNREACHABLE", "REFUSED", "CONTRADICTED", "NONE")) {
                assertThat(words.code("seal.witness", said, language).text()).isNotEqualTo(said);
            }
            for (String said : Set.of("VALID", "INVALID", "NONE")) {
                assertThat(words.code("seal.signature", said, language).text()).isNotEqualTo(said);
            }
            for (String type : Set.of(
                    "QualificationRegistered",
                    "QualificationCorrected",
                    "QualificationAnnulled",
                    "QualificationReinstated",
                    "QualificationMoved",
                    "QualificationDisputed",
                    "DisputeSettled",
                    "StreamShredded")) {
                assertThat(words.code("version", type, language).text()).isNotEqualTo(type);
            }
        }
    }

    @Test
    void values_of_the_taxonomy_are_translated_or_marked_as_dutch() {
        assertThat(words.value("Hoger onderwijs", DUTCH)).isEqualTo(new Text("Hoger onderwijs", null));
        assertThat(words.value("Hoger onderwijs", ENGLISH)).isEqualTo(new Text("Higher education", null));
        assertThat(words.value("Se-n-Se", ENGLISH)).isEqualTo(new Text("Se-n-Se", "nl"));
        assertThat(words.written("Afstudeerproject", ENGLISH).language()).isEqualTo("nl");
    }

    @Test
    void countries_and_languages_have_names_and_dates_are_as_exact_as_they_were_stated() {
        assertThat(words.country("BEL", DUTCH).text()).isEqualTo("België");
        assertThat(words.language("nld", ENGLISH).text()).isEqualTo("Dutch");
        assertThat(words.language("xxx", ENGLISH).text()).isEqualTo("xxx");
        assertThat(Stream.of("1984", "1984-06", "1984-06-28").map(date -> words.date(date, DUTCH)))
                .containsExactly("1984", "juni 1984", "28 juni 1984");
        assertThat(words.date("lang geleden", DUTCH)).isEqualTo("lang geleden");
    }

    @Test
    void times_are_those_of_belgium_in_summer_and_in_winter() {
        assertThat(words.moment(Instant.parse("2026-07-01T22:30:00Z"), DUTCH)).isEqualTo("2 juli 2026 om 00:30:00");
        assertThat(words.moment(Instant.parse("2026-12-31T22:30:00Z"), ENGLISH))
                .isEqualTo("31 December 2026 at 23:30:00");
    }
}
