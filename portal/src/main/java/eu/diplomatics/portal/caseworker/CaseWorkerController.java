package eu.diplomatics.portal.caseworker;

import eu.diplomatics.portal.asking.Asking;
import eu.diplomatics.portal.page.Words;
import eu.diplomatics.portal.qualification.ShownQualification;
import eu.diplomatics.portal.registry.Consultation;
import eu.diplomatics.portal.registry.MyMandates.Mandated;
import eu.diplomatics.portal.registry.QueryService;
import eu.diplomatics.portal.registry.Question;
import eu.diplomatics.portal.registry.Verdict;
import eu.diplomatics.portal.registry.Why;
import eu.diplomatics.portal.signin.SignedIn;
import jakarta.servlet.http.HttpServletResponse;
import java.time.LocalDate;
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
 * A case worker asks about one person, with a purpose of their agency's and a case (L08, R24). What is asked comes and goes in
 * bodies: no address names anybody.
 */
@Controller
final class CaseWorkerController {
    private final QueryService registry;
    private final Asking asking;
    private final Words words;

    CaseWorkerController(QueryService registry, Asking asking, Words words) {
        this.registry = registry;
        this.asking = asking;
        this.words = words;
    }

    /** What stands in the form; {@code reference} is the case's. */
    record About(
            @Nullable String insz,
            @Nullable String purpose,
            @Nullable String reference) {
        static final About NOTHING = new About(null, null, null);

        @Override
        public String toString() {
            return "About[redacted]";
        }
    }

    /** {@code level} is a framework and a number, such as {@code EQF 6}. */
    record Wanted(
            @Nullable String level,
            @Nullable String field,
            @Nullable String on) {
        static final Wanted NOTHING = new Wanted(null, null, null);

        Question question() {
            String[] both = level == null ? new String[0] : level.split(" ", 2);
            boolean known = both.length == 2 && both[1].matches("[0-8]");
            return new Question(
                    known ? both[0] : null,
                    known ? Integer.valueOf(both[1]) : null,
                    Asking.text(field),
                    Asking.text(on));
        }
    }

    @GetMapping("/consult")
    String consult(@AuthenticationPrincipal SignedIn visitor, Model model) {
        return page("consult", "CONSULT", visitor, About.NOTHING, Wanted.NOTHING, model);
    }

    @PostMapping("/consult")
    String consult(
            @AuthenticationPrincipal SignedIn visitor,
            @ModelAttribute About about,
            Locale locale,
            HttpServletResponse response,
            Model model) {
        asking.ask(
                () -> {
                    Why why = Why.stated(about.purpose(), about.reference(), visitor);
                    String number = Asking.number(about.insz());
                    Consultation answer = registry.consult(visitor, why, number);
                    model.addAttribute("status", answer.status());
                    model.addAttribute("qualifications", ShownQualification.all(answer, words, locale));
                    model.addAttribute(
                            "erased",
                            answer.shredded() == null
                                    ? null
                                    : ShownQualification.gone(answer.shredded(), words, locale));
                    answered(model, number, answer.freshAsOf(), answer.accessLogId(), locale);
                },
                model,
                response,
                locale);
        return page("consult", "CONSULT", visitor, about, Wanted.NOTHING, model);
    }

    @GetMapping("/question")
    String decide(@AuthenticationPrincipal SignedIn visitor, Model model) {
        return page("question", "PREDICATE", visitor, About.NOTHING, Wanted.NOTHING, model);
    }

    @PostMapping("/question")
    String decide(
            @AuthenticationPrincipal SignedIn visitor,
            @ModelAttribute About about,
            @ModelAttribute Wanted wanted,
            Locale locale,
            HttpServletResponse response,
            Model model) {
        asking.ask(
                () -> {
                    Why why = Why.stated(about.purpose(), about.reference(), visitor);
                    String number = Asking.number(about.insz());
                    Verdict verdict = registry.decide(visitor, why, number, wanted.question());
                    model.addAttribute("holds", verdict.answer());
                    answered(model, number, verdict.freshAsOf(), verdict.accessLogId(), locale);
                },
                model,
                response,
                locale);
        return page("question", "PREDICATE", visitor, about, wanted, model);
    }

    private void answered(Model model, String number, Consultation.Fresh fresh, String accessLogId, Locale locale) {
        model.addAttribute("number", number);
        model.addAttribute("asOf", words.moment(fresh.recordedAt(), locale));
        model.addAttribute("accessLogId", accessLogId);
    }

    /** The form with purpose and case as they were; the number is typed anew for each person. */
    private String page(String name, String operation, SignedIn visitor, About about, Wanted wanted, Model model) {
        List<Mandated> mandates = registry.mandates(visitor).mandates().stream()
                .filter(each -> each.questions().contains(operation))
                .toList();
        model.addAttribute("here", name);
        model.addAttribute("mandates", mandates);
        model.addAttribute("purpose", about.purpose());
        model.addAttribute("reference", about.reference());
        model.addAttribute("level", wanted.level());
        model.addAttribute("field", wanted.field());
        model.addAttribute(
                "on", wanted.on() == null ? LocalDate.now(Words.BELGIUM).toString() : wanted.on());
        return name;
    }
}
