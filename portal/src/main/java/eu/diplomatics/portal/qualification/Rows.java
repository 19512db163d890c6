package eu.diplomatics.portal.qualification;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.page.Words.Text;
import eu.diplomatics.portal.qualification.ShownQualification.Row;
import eu.diplomatics.portal.registry.Consultation.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Collects what is registered; what is not has no row. */
final class Rows {
    private final List<Row> all = new ArrayList<>();
    private final Words words;
    private final Locale locale;

    Rows(Words words, Locale locale) {
        this.words = words;
        this.locale = locale;
    }

    List<Row> all() {
        return List.copyOf(all);
    }

    Words words() {
        return words;
    }

    Locale locale() {
        return locale;
    }

    /** A value of the taxonomy. */
    void value(String label, @Nullable String value) {
        if (value != null) {
            add(label, words.value(value, locale));
        }
    }

    /** What an institution wrote. */
    void written(String label, @Nullable String text) {
        if (text != null) {
            add(label, words.written(text, locale));
        }
    }

    /** A number or a name that is the same in all languages, or words of ours. */
    void plain(String label, @Nullable Object text) {
        if (text != null) {
            add(label, new Text(text.toString(), null));
        }
    }

    /** A name, as the registry has it, with its code in brackets. */
    void named(String label, @Nullable Named named) {
        if (named != null) {
            String text = withCode(named);
            if (named.name() == null) {
                plain(label, text);
            } else {
                written(label, text);
            }
        }
    }

    /** The same where the registry has the English name of an international list. */
    void english(String label, @Nullable Named named) {
        if (named != null) {
            add(label, new Text(withCode(named), locale.getLanguage().equals("en") ? null : "en"));
        }
    }

    private static String withCode(Named named) {
        return named.name() == null
                ? String.valueOf(named.code())
                : named.code() == null ? named.name() : named.name() + " (" + named.code() + ")";
    }

    void add(String label, Text... values) {
        all.add(new Row(words.say("field." + label, locale), List.of(values)));
    }
}
