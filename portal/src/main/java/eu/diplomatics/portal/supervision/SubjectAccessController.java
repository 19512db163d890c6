package eu.diplomatics.portal.supervision;

import eu.diplomatics.portal.asking.Asking;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.qualification.ShownQualification;
import eu.diplomatics.portal.registry.Consultation;
import eu.diplomatics.portal.registry.FoundAccesses;
import eu.diplomatics.portal.registry.FoundAccesses.Row;
import eu.diplomatics.portal.registry.QueryService;
import eu.diplomatics.portal.registry.Search;
import eu.diplomatics.portal.registry.Why;
import eu.diplomatics.portal.signin.SignedIn;
import eu.diplomatics.portal.supervision.Dossier.Kept;
import eu.diplomatics.portal.supervision.Dossier.ShownVersion;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;

/**
 * The data-protection officer answers a subject access request from one screen (R32; GDPR, article 15): a number and a case, and
 * there is a page to print. Each question behind it stands in the access log, where the person concerned sees it.
 */
@Controller
final class SubjectAccessController {
    private static final String PURPOSE = "subject-access";
    private static final int ON_A_PAGE = 200;
    /** So many rows; more say that the page is not complete. */
    private static final int MOST_PAGES = 50;

    private final QueryService registry;
    private final Asking asking;
    private final Words words;

    SubjectAccessController(QueryService registry, Asking asking, Words words) {
        this.registry = registry;
        this.asking = asking;
        this.words = words;
    }

    /** What stands in the form; {@code reference} is the case's. */
    record About(@Nullable String insz, @Nullable String reference) {
        @Override
        public String toString() {
            return "About[redacted]";
        }
    }

    @GetMapping("/subject-access")
    String form(Model model) {
        model.addAttribute("here", PURPOSE);
        return PURPOSE;
    }

    @PostMapping("/subject-access")
    String answer(
            @AuthenticationPrincipal SignedIn visitor,
            @ModelAttribute About about,
            Locale locale,
            HttpServletResponse response,
            Model model) {
        asking.ask(() -> fill(model, visitor, about, locale), model, response, locale);
        model.addAttribute("reference", about.reference());
        return form(model);
    }

    private void fill(Model model, SignedIn visitor, About about, Locale locale) {
        Why why = Why.stated(PURPOSE, about.reference(), visitor);
        String number = Asking.number(about.insz());
        Consultation registered = registry.consult(visitor, why, number);
        List<Kept> records = ShownQualification.all(registered, words, locale).stream()
                .map(each -> new Kept(each, versions(visitor, why, each.reference(), locale)))
                .toList();
        List<Row> rows = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            FoundAccesses found =
                    registry.search(visitor, why, new Search(number, null, null, null, null, ON_A_PAGE, cursor));
            rows.addAll(found.accesses());
            cursor = found.next();
            pages++;
        } while (cursor != null && pages < MOST_PAGES);
        model.addAttribute("dossier", Dossier.of(records, rows, cursor == null, words, locale));
        model.addAttribute("status", registered.status());
        model.addAttribute(
                "erased",
                registered.shredded() == null ? null : ShownQualification.gone(registered.shredded(), words, locale));
        model.addAttribute("number", number);
        model.addAttribute("asOf", words.moment(registered.freshAsOf().recordedAt(), locale));
    }

    private List<ShownVersion> versions(SignedIn visitor, Why why, String reference, Locale locale) {
        return registry.history(visitor, why, reference).versions().stream()
                .map(each -> ShownVersion.of(each, words, locale))
                .toList();
    }
}
