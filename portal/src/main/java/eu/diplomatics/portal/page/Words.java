package eu.diplomatics.portal.page;

import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Codes and times in words that people use. */
@Component
public final class Words {
    /** Where those live whom the registry is for. */
    public static final ZoneId BELGIUM = ZoneId.of("Europe/Brussels");

    private static final String REGISTRY_LANGUAGE = "nl";
    private static final Map<String, String> LANGUAGES =
            byLetters(Locale.getISOLanguages(), code -> Locale.of(code).getISO3Language());
    private static final Map<String, String> COUNTRIES =
            byLetters(Locale.getISOCountries(), code -> Locale.of("", code).getISO3Country());

    private final MessageSource messages;

    public Words(MessageSource messages) {
        this.messages = messages;
    }

    /**
     * Something to read.
     *
     * @param language null where it is that of the page
     */
    public record Text(String text, @Nullable String language) {}

    /** One of our own sentences. */
    public String say(String key, Locale locale, Object... arguments) {
        return messages.getMessage(key, arguments, locale);
    }

    /** A code in words; the code itself where there are none. */
    public Text code(String kind, String code, Locale locale) {
        return new Text(known(kind + "." + slug(code), locale).orElse(code), null);
    }

    /** A value of the taxonomy, which is Dutch, in the language of the page where there are words for it. */
    public Text value(String value, Locale locale) {
        return locale.getLanguage().equals(REGISTRY_LANGUAGE)
                ? new Text(value, null)
                : known("value." + slug(value), locale)
                        .map(text -> new Text(text, null))
                        .orElseGet(() -> new Text(value, REGISTRY_LANGUAGE));
    }

    /** What an institution wrote: as it stands. */
    public Text written(String text, Locale locale) {
        return new Text(text, locale.getLanguage().equals(REGISTRY_LANGUAGE) ? null : REGISTRY_LANGUAGE);
    }

    /** A country by its three letters (ISO 3166-1). */
    public Text country(String code, Locale locale) {
        String two = COUNTRIES.get(code);
        return new Text(two == null ? code : Locale.of("", two).getDisplayCountry(locale), null);
    }

    /** A language by its three letters (ISO 639-3). */
    public Text language(String code, Locale locale) {
        String two = LANGUAGES.get(code);
        return new Text(two == null ? code : Locale.of(two).getDisplayLanguage(locale), null);
    }

    /** A year, a month or a day. */
    public String date(String date, Locale locale) {
        try {
            return switch (date.length()) {
                case 4 -> Year.parse(date).toString();
                case 7 -> YearMonth.parse(date).format(DateTimeFormatter.ofPattern("MMMM yyyy", locale));
                default -> day(LocalDate.parse(date), locale);
            };
        } catch (DateTimeParseException e) {
            return date;
        }
    }

    /** The day in Belgium. */
    public String day(Instant moment, Locale locale) {
        return day(LocalDate.ofInstant(moment, BELGIUM), locale);
    }

    /** Day and time in Belgium. */
    public String moment(Instant moment, Locale locale) {
        ZonedDateTime here = moment.atZone(BELGIUM);
        return say(
                "moment",
                locale,
                day(here.toLocalDate(), locale),
                here.format(DateTimeFormatter.ofPattern("HH:mm:ss", locale)));
    }

    /** As the other. */
    public String day(LocalDate day, Locale locale) {
        return day.format(DateTimeFormatter.ofPattern("d MMMM yyyy", locale));
    }

    /** One of our own sentences, where there is one. */
    public Optional<String> known(String key, Locale locale) {
        return Optional.ofNullable(messages.getMessage(key, null, null, locale));
    }

    /** As keys are written: letters and digits, with hyphens between words. */
    public static String slug(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
    }

    private static Map<String, String> byLetters(String[] codes, Function<String, String> letters) {
        return Arrays.stream(codes).collect(Collectors.toMap(letters, code -> code, (first, second) -> first));
    }
}
