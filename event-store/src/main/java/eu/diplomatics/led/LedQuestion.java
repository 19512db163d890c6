package eu.diplomatics.led;

import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.CorrectionRequest;
import eu.diplomatics.qualification.QualificationTree;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.RequestRules;
import eu.diplomatics.qualification.StateRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * A question that keeps to its service's schema.
 *
 * @param version of the service, as the context names it
 * @param reference the asker's own, which the answer repeats
 */
public final class LedQuestion {
    private final LedService service;
    private final Sender sender;
    private final String version;
    private final String reference;
    private final Element content;

    private LedQuestion(LedService service, Sender sender, String version, String reference, Element content) {
        this.service = service;
        this.sender = sender;
        this.version = version;
        this.reference = reference;
        this.content = content;
    }

    /**
     * Who says to send it; that is no proof of anything.
     *
     * @param capacity [hoedanigheid] in which they ask
     * @param user the person behind the question, by national number
     */
    public record Sender(
            String identification,
            @Nullable String name,
            String reference,
            @Nullable String unit,
            @Nullable String capacity,
            @Nullable String user) {
        @Override
        public String toString() {
            return "Sender[redacted]";
        }
    }

    /** Which record, of whom, by the supplier's own words. */
    public record Subject(String supplier, String supplierReference, String insz) {
        @Override
        public String toString() {
            return "Subject[redacted]";
        }
    }

    /** @param payload the body's element, valid by the service's schema */
    public static LedQuestion of(LedService service, Element payload) {
        Element context = Elements.at(payload, "Verzoek", "Context").orElseThrow();
        Element question = Elements.at(payload, "Verzoek", "Vragen", "Vraag").orElseThrow();
        return new LedQuestion(
                service,
                sender(context).orElseThrow(),
                Elements.text(context, "Versie").orElseThrow(),
                Elements.text(question, "Referte").orElseThrow(),
                Elements.at(question, "Inhoud").orElseThrow());
    }

    /** The sender of a context, also where the rest of the question breaks the schema; empty when it has none that can be answered. */
    static Optional<Sender> sender(Element context) {
        return Elements.at(context, "Bericht", "Afzender").flatMap(from -> {
            Optional<String> identification = text(from, "Identificatie", 120);
            Optional<String> reference = text(from, "Referte", 36);
            if (identification.isEmpty()
                    || reference.isEmpty()
                    || reference.get().isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Sender(
                    identification.get(),
                    text(from, "Naam", 24).orElse(null),
                    reference.get(),
                    text(from, "OrganisatieEenheid", 24).orElse(null),
                    text(from, "Hoedanigheid", 24).orElse(null),
                    text(from, "Gebruiker", 11)
                            .filter(user -> user.matches("[0-9]{11}"))
                            .orElse(null)));
        });
    }

    private static Optional<String> text(Element from, String name, int atMost) {
        return Elements.text(from, name)
                .filter(text -> text.codePointCount(0, text.length()) <= atMost && isVisible(text));
    }

    /** Whether it shows as what it is: an answer repeats it, and a log may. */
    static boolean isVisible(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.LINE_SEPARATOR
                        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
    }

    public LedService service() {
        return service;
    }

    public Sender sender() {
        return sender;
    }

    public String version() {
        return version;
    }

    public String reference() {
        return reference;
    }

    /** About whom GeefBewijs asks. */
    public String insz() {
        return Elements.text(content, "INSZ").orElseThrow();
    }

    /** Which record a question to change something names. */
    public Subject subject() {
        return new Subject(
                text("Leverancier", "Naam"), text("Leverancier", "Bewijsreferte"), text("PersoonUitgereikt", "INSZ"));
    }

    /** What RegistreerBewijs asks to register, by the rules of every registration. */
    public Checked<RegistrationRequest> registration(RequestRules rules) {
        return registration(inner(), rules);
    }

    /** The same of an element {@code Bewijsregistratie} that stands by itself. */
    static Checked<RegistrationRequest> registration(Element registration, RequestRules rules) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "supplierReference",
                Elements.text(registration, "Leverancier", "Bewijsreferte").orElse(""));
        tree.put(
                "holder",
                Map.of(
                        "insz",
                        Elements.text(registration, "PersoonUitgereikt", "INSZ").orElse("")));
        Elements.at(registration, "Bewijs").ifPresent(basis -> tree.put("basis", LedBasis.read(basis)));
        return QualificationTree.registration(tree, rules);
    }

    /** What RegistreerMutatieBewijs asks to correct. */
    public Checked<CorrectionRequest> correction(RequestRules rules) {
        Map<String, Object> tree = new LinkedHashMap<>();
        Elements.at(inner(), "Bewijs").ifPresent(basis -> tree.put("basis", LedBasis.read(basis)));
        tree.put("reason", Elements.text(inner(), "Reden").orElse("RegistreerMutatieBewijs"));
        return QualificationTree.correction(tree, rules);
    }

    /** The version that the asker has seen, where they say so. */
    public Optional<MutationReference> seen() {
        return Elements.text(inner(), "Bewijsmutatiereferte").flatMap(MutationReference::parse);
    }

    /** Whether a mutation reference stands there at all. */
    public boolean saysVersion() {
        return Elements.at(inner(), "Bewijsmutatiereferte").isPresent();
    }

    /** Why AnnuleerBewijs annuls. */
    public Checked<StateRequest> annulment(RequestRules rules) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("reasonCode", Elements.text(inner(), "Redencode").orElse("LED"));
        tree.put("reason", Elements.text(inner(), "Reden").orElse("AnnuleerBewijs"));
        return QualificationTree.state(tree, rules);
    }

    private Element inner() {
        return Elements.children(content).getFirst();
    }

    private String text(String... path) {
        return Elements.text(inner(), path).orElseThrow().strip();
    }

    /** The element that a rejection's pointer stands for. */
    public static String element(String pointer) {
        if (pointer.equals("/supplier")) {
            return "Leverancier/Naam";
        }
        if (pointer.equals("/supplierReference")) {
            return "Leverancier/Bewijsreferte";
        }
        if (pointer.startsWith("/holder") || pointer.equals("/insz")) {
            return "PersoonUitgereikt/INSZ";
        }
        if (pointer.startsWith("/basis/")) {
            String element = LedBasis.element(pointer.substring("/basis/".length()));
            return element.isEmpty() ? "Bewijs" : "Bewijs/" + element;
        }
        return pointer.equals("/basis") ? "Bewijs" : "";
    }

    @Override
    public String toString() {
        return "LedQuestion[" + service + ", redacted]";
    }
}
