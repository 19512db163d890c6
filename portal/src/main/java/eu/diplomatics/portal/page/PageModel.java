package eu.diplomatics.portal.page;

import java.security.Principal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What the frame around each page needs. */
@ControllerAdvice
final class PageModel {
    /** They look at what is theirs, or that of whom they stand for. */
    private static final Set<String> OWN = Set.of("citizen", "delegate");

    /** A language that the page can be read in, by its own name. */
    record Language(String code, String name, boolean current) {}

    @ModelAttribute("languages")
    List<Language> languages(Locale locale) {
        return Languages.ALL.stream()
                .map(each -> new Language(
                        each.getLanguage(),
                        capital(each.getDisplayLanguage(each), each),
                        each.getLanguage().equals(locale.getLanguage())))
                .toList();
    }

    @ModelAttribute("language")
    String language(Locale locale) {
        return locale.getLanguage();
    }

    /** As what somebody is signed in; null for nobody. */
    @ModelAttribute("part")
    @Nullable
    String part(@Nullable Principal visitor) {
        return visitor == null ? null : visitor.getName();
    }

    /** A page in the navigation, by its address and its name among the words. */
    record Link(String address, String name) {}

    @ModelAttribute("pages")
    List<Link> pages(@Nullable Principal visitor) {
        return visitor == null
                ? List.of()
                : Pages.of(visitor.getName()).stream()
                        .map(address -> new Link(address, address.substring(1)))
                        .toList();
    }

    /** Whether they work for somebody, and do not look at what is theirs. */
    @ModelAttribute("staff")
    boolean staff(@Nullable Principal visitor) {
        return visitor != null && !Pages.of(visitor.getName()).isEmpty() && !OWN.contains(visitor.getName());
    }

    private static String capital(String word, Locale language) {
        return word.substring(0, 1).toUpperCase(language) + word.substring(1);
    }
}
