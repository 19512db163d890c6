package eu.diplomatics.portal.supervision;

import eu.diplomatics.portal.asking.Asking;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.registry.FoundAccesses;
import eu.diplomatics.portal.registry.QueryService;
import eu.diplomatics.portal.registry.Refusal;
import eu.diplomatics.portal.registry.RefusedException;
import eu.diplomatics.portal.registry.Search;
import eu.diplomatics.portal.registry.Why;
import eu.diplomatics.portal.signin.SignedIn;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;

/** Controller and data-protection officer look who looked (R06), and whether that is sealed. What they look for is logged too. */
@Controller
final class AccessLogController {
    private static final List<String> PURPOSES = List.of("complaint", "incident", "supervision");
    private static final int ON_A_PAGE = 50;
    private static final int BAD_REQUEST = 400;

    private final QueryService registry;
    private final Asking asking;
    private final Words words;

    AccessLogController(QueryService registry, Asking asking, Words words) {
        this.registry = registry;
        this.asking = asking;
        this.words = words;
    }

    /**
     * What stands in the form.
     *
     * @param from the first day, in Belgium
     * @param until the last
     * @param asked the purpose that is looked for
     * @param purpose why it is looked for
     * @param reference of the case
     */
    record Wanted(
            @Nullable String insz,
            @Nullable String from,
            @Nullable String until,
            @Nullable String agency,
            @Nullable String asked,
            @Nullable String purpose,
            @Nullable String reference,
            @Nullable String cursor) {
        static final Wanted NOTHING = new Wanted(null, null, null, null, null, null, null, null);

        Search search() {
            return new Search(
                    Asking.text(Asking.number(insz)),
                    day(from, "/from", 0),
                    day(until, "/until", 1),
                    Asking.text(agency),
                    Asking.text(asked),
                    ON_A_PAGE,
                    Asking.text(cursor));
        }

        private static @Nullable Instant day(@Nullable String written, String pointer, int later) {
            String day = Asking.text(written);
            try {
                return day == null
                        ? null
                        : LocalDate.parse(day)
                                .plusDays(later)
                                .atStartOfDay(Words.BELGIUM)
                                .toInstant();
            } catch (DateTimeParseException e) {
                throw new RefusedException(new Refusal(BAD_REQUEST, "MALFORMED", pointer));
            }
        }

        @Override
        public String toString() {
            return "Wanted[redacted]";
        }
    }

    @GetMapping("/access-log")
    String form(Model model) {
        return page(Wanted.NOTHING, model);
    }

    @PostMapping("/access-log")
    String search(
            @AuthenticationPrincipal SignedIn visitor,
            @ModelAttribute Wanted wanted,
            Locale locale,
            HttpServletResponse response,
            Model model) {
        asking.ask(
                () -> {
                    Why why = Why.stated(wanted.purpose(), wanted.reference(), visitor);
                    Search search = wanted.search();
                    FoundAccesses found = registry.search(visitor, why, search);
                    model.addAttribute(
                            "rows",
                            found.accesses().stream()
                                    .map(each -> ShownRow.of(each, search.insz() == null, words, locale))
                                    .toList());
                    model.addAttribute("next", found.next());
                    model.addAttribute("accessLogId", found.accessLogId());
                },
                model,
                response,
                locale);
        return page(wanted, model);
    }

    @GetMapping("/seal")
    String seal(@AuthenticationPrincipal SignedIn visitor, Locale locale, Model model) {
        model.addAttribute("here", "seal");
        model.addAttribute("seal", ShownSeal.of(registry.seal(visitor), words, locale));
        return "seal";
    }

    private static String page(Wanted wanted, Model model) {
        model.addAttribute("here", "access-log");
        model.addAttribute("purposes", PURPOSES);
        model.addAttribute("form", wanted);
        return "access-log";
    }
}
