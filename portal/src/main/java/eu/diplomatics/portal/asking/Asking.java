package eu.diplomatics.portal.asking;

import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.registry.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** Asks what a form says. */
@Component
public final class Asking {
    private final Words words;

    Asking(Words words) {
        this.words = words;
    }

    /** Says on the same page why there is no answer, with the status that the query-service answered. */
    public void ask(Runnable question, Model model, HttpServletResponse response, Locale locale) {
        try {
            question.run();
        } catch (RefusedException e) {
            model.addAttribute("refused", ShownRefusal.of(e.refusal(), words, locale));
            response.setStatus(e.refusal().status());
        }
    }

    /** A national number as people write it: with dots, hyphens and spaces, or without. */
    public static String number(@Nullable String written) {
        return written == null ? "" : written.replaceAll("[\\s.\\-]", "");
    }

    /** What stands in a field; null for nothing. */
    public static @Nullable String text(@Nullable String written) {
        return written == null || written.isBlank() ? null : written.strip();
    }
}
