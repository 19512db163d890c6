package eu.diplomatics.portal.asking;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.registry.Refusal;
import java.util.Locale;

/** Why a question was not answered, and what to do. Where there are words for the very place of the form, those. */
public record ShownRefusal(String why, String todo) {
    public static ShownRefusal of(Refusal refusal, Words words, Locale locale) {
        String key = "refused." + Words.slug(refusal.code());
        String place = key + "." + Words.slug(refusal.pointer());
        String known = words.known(place, locale).isPresent() ? place : key;
        return new ShownRefusal(words.say(known, locale), words.say(known + ".do", locale));
    }
}
