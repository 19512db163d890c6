package eu.diplomatics.portal.delegate;

import eu.diplomatics.portal.page.Failure;
import eu.diplomatics.portal.page.FailureException;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.qualification.ShownQualification;
import eu.diplomatics.portal.registry.Consultation;
import eu.diplomatics.portal.registry.QueryService;
import eu.diplomatics.portal.signin.Representing;
import eu.diplomatics.portal.signin.SignedIn;
import java.util.Locale;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * A delegate's page (L04): for whom they stand, as what and until when, and what is registered of that person. Who looked is not
 * there: the query-service tells that to the person alone.
 */
@Controller
final class DelegateController {
    private final QueryService registry;
    private final Words words;

    DelegateController(QueryService registry, Words words) {
        this.registry = registry;
        this.words = words;
    }

    @GetMapping("/represented")
    String represented(@AuthenticationPrincipal SignedIn visitor, Locale locale, Model model) {
        Representing representing = visitor.representing();
        if (representing == null) {
            throw new FailureException(Failure.NOT_REPRESENTING);
        }
        Consultation answer = registry.represented(visitor, representing);
        model.addAttribute("here", "represented");
        model.addAttribute("number", representing.person());
        model.addAttribute(
                "kind", words.code("delegation", representing.kind(), locale).text());
        model.addAttribute("untilMoment", representing.until().toString());
        model.addAttribute("until", words.moment(representing.until(), locale));
        model.addAttribute("qualifications", ShownQualification.all(answer, words, locale));
        model.addAttribute("status", answer.status());
        model.addAttribute(
                "erased", answer.shredded() == null ? null : ShownQualification.gone(answer.shredded(), words, locale));
        model.addAttribute("asOf", words.moment(answer.freshAsOf().recordedAt(), locale));
        return "represented";
    }
}
