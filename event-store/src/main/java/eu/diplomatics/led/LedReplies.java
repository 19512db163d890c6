package eu.diplomatics.led;

import eu.diplomatics.led.LedQuestion.Sender;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Answers of the services [replieken], each in a tree of its own. */
public final class LedReplies {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;
    private static final String NAME = "Diplomatics";

    private final String identification;
    private final InstantSource clock;

    /** @param identification what this registry calls itself, at most 120 characters */
    public LedReplies(String identification, InstantSource clock) {
        this.identification = identification;
        this.clock = clock;
    }

    /** GeefBewijs found these, 99 at most. */
    public Element proofs(LedQuestion question, List<LedProof> proofs, List<LedProblem> warnings) {
        Element reply = reply(question.service(), question.sender(), Map.of());
        Element answer = answer(reply, question);
        Element list = Elements.add(Elements.add(answer, "Inhoud"), "Bewijzen");
        proofs.forEach(proof -> proof.write(Elements.add(list, "Bewijs")));
        problems(answer, warnings);
        return root(reply);
    }

    /** It was done. @param notes what the context's annotations tell, by name */
    public Element done(LedQuestion question, Map<String, String> notes) {
        Element reply = reply(question.service(), question.sender(), notes);
        Elements.add(Elements.add(answer(reply, question), "Inhoud"), "Melding", "OK");
        return root(reply);
    }

    /** The question was read, and this is why it has no answer (level 3 of the LED's exceptions). */
    public Element unanswered(LedQuestion question, List<LedProblem> problems) {
        Element reply = reply(question.service(), question.sender(), Map.of());
        problems(answer(reply, question), problems);
        return root(reply);
    }

    /** The question was not asked of the records at all (level 2). */
    public Element refused(LedService service, Sender sender, List<LedProblem> problems) {
        Element reply = reply(service, sender, Map.of());
        problems(reply, problems);
        return root(reply);
    }

    private static Element root(Element reply) {
        return reply.getOwnerDocument().getDocumentElement();
    }

    private Element reply(LedService service, Sender to, Map<String, String> notes) {
        Document document = StrictXml.empty();
        Element root = document.createElementNS(service.namespace(), "led:" + service.element() + "Response");
        root.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns:led", service.namespace());
        document.appendChild(root);
        Element reply = Elements.add(root, "Repliek");
        Element context = Elements.add(reply, "Context");
        Elements.add(context, "Naam", service.element());
        Elements.add(context, "Versie", LedService.VERSION);
        Element message = Elements.add(context, "Bericht");
        Elements.add(message, "Type", "ANTWOORD");
        now(message);
        Element from = Elements.add(message, "Afzender");
        Elements.add(from, "Identificatie", identification);
        Elements.add(from, "Naam", NAME);
        Elements.add(from, "Referte", UUID.randomUUID().toString());
        Element receiver = Elements.add(message, "Ontvanger");
        Elements.add(receiver, "Identificatie", to.identification());
        LedBasis.optional(receiver, "Naam", to.name());
        Elements.add(receiver, "Referte", to.reference());
        LedBasis.optional(receiver, "OrganisatieEenheid", to.unit());
        LedBasis.optional(receiver, "Hoedanigheid", to.capacity());
        LedBasis.optional(receiver, "Gebruiker", to.user());
        notes(context, notes);
        return reply;
    }

    private static Element answer(Element reply, LedQuestion question) {
        Element answer = Elements.add(Elements.add(reply, "Antwoorden"), "Antwoord");
        Elements.add(answer, "Referte", question.reference());
        return answer;
    }

    private void problems(Element parent, List<LedProblem> problems) {
        if (problems.isEmpty()) {
            return;
        }
        Element all = Elements.add(parent, "Uitzonderingen");
        for (LedProblem problem : problems) {
            Element one = Elements.add(all, "Uitzondering");
            Elements.add(one, "Identificatie", problem.code().identification());
            Elements.add(one, "Oorsprong", problem.code().origin());
            Elements.add(one, "Type", problem.code().isWarning() ? "WAARSCHUWING" : "FOUT");
            now(one);
            Elements.add(one, "Diagnose", problem.code().diagnosis());
            LedBasis.optional(one, "Omstandigheid", problem.element());
            String code = problem.ourCode();
            notes(one, code == null ? Map.of() : Map.of("Code", code));
        }
    }

    private void now(Element parent) {
        ZonedDateTime now = clock.instant().atZone(LedProof.BELGIUM);
        Element at = Elements.add(parent, "Tijdstip");
        Elements.add(at, "Datum", DAY.format(now));
        Elements.add(at, "Tijd", LedProof.TIME.format(now));
    }

    private static void notes(Element parent, Map<String, String> notes) {
        if (!notes.isEmpty()) {
            Element all = Elements.add(parent, "Annotaties");
            notes.forEach((name, value) -> {
                Element note = Elements.add(all, "Annotatie");
                Elements.add(note, "Naam", name);
                Elements.add(note, "Waarde", value);
            });
        }
    }
}
