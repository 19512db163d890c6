package eu.diplomatics.portal.citizen;

import eu.diplomatics.portal.access.ShownAccess;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.qualification.ShownQualification;
import eu.diplomatics.portal.registry.Consultation;
import eu.diplomatics.portal.registry.MyAccesses;
import eu.diplomatics.portal.registry.QueryService;
import eu.diplomatics.portal.signin.SignedIn;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** A citizen's own pages (R28): what is registered, and who looked at it. */
@Controller
final class CitizenController {
    private final QueryService registry;
    private final Words words;

    CitizenController(QueryService registry, Words words) {
        this.registry = registry;
        this.words = words;
    }

    @GetMapping("/qualifications")
    String qualifications(@AuthenticationPrincipal SignedIn visitor, Locale locale, Model model) {
        Consultation answer = registry.mine(visitor);
        model.addAttribute("qualifications", ShownQualification.all(answer, words, locale));
        model.addAttribute("here", "qualifications");
        model.addAttribute("status", answer.status());
        model.addAttribute(
                "erased", answer.shredded() == null ? null : ShownQualification.gone(answer.shredded(), words, locale));
        model.addAttribute("asOf", words.moment(answer.freshAsOf().recordedAt(), locale));
        return "qualifications";
    }

    @GetMapping("/accesses")
    String accesses(
            @AuthenticationPrincipal SignedIn visitor,
            @RequestParam(required = false) @Nullable String cursor,
            Locale locale,
            Model model) {
        MyAccesses answer = registry.accesses(visitor, cursor);
        model.addAttribute(
                "accesses",
                answer.accesses().stream()
                        .map(each -> ShownAccess.of(each, words, locale))
                        .toList());
        model.addAttribute("here", "accesses");
        model.addAttribute("cursor", cursor);
        model.addAttribute("next", answer.next());
        return "accesses";
    }
}
