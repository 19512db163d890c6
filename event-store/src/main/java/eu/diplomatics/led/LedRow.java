package eu.diplomatics.led;

import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.QualificationCsv;
import eu.diplomatics.qualification.RegistrationRequest;
import eu.diplomatics.qualification.RejectionCode;
import eu.diplomatics.qualification.RequestRules;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * One question of a file: the body of a message RegistreerBewijs that has as many questions as one likes. Each is read as
 * the message that it would be by itself.
 */
public final class LedRow {
    private static final String WHERE = "breaks the schema at ";

    private LedRow() {}

    /**
     * What a question asks to register, by the rules of every registration.
     *
     * @param context the file's element {@code Context}, by itself
     * @param question an element {@code Vraag}, by itself
     * @param supplier whether a name or id is that of the supplier whose file it is
     */
    public static Checked<RegistrationRequest> registration(
            byte[] context, byte[] question, RequestRules rules, Predicate<String> supplier) {
        Element message;
        try {
            message = message(StrictXml.read(context, Bounds.QUESTION), StrictXml.read(question, Bounds.MESSAGE));
        } catch (XmlRefusedException e) {
            return Checked.invalid(
                    RejectionCode.MALFORMED, "", "is " + e.reason().text());
        }
        Optional<String> violation = Contract.SCHEMAS.violation(LedService.REGISTREER_BEWIJS, message);
        if (violation.isPresent()) {
            return Checked.invalid(RejectionCode.MALFORMED, "", WHERE + violation.get());
        }
        if (LedQuestion.sender(Elements.at(message, "Verzoek", "Context").orElseThrow())
                .isEmpty()) {
            return Checked.invalid(RejectionCode.MALFORMED, "", WHERE + "Verzoek/Context/Bericht/Afzender");
        }
        LedQuestion asked = LedQuestion.of(LedService.REGISTREER_BEWIJS, message);
        if (!asked.version().startsWith(LedService.MAJOR)) {
            return Checked.invalid(RejectionCode.MALFORMED, "", "is of another version than " + LedService.MAJOR + "*");
        }
        if (!supplier.test(asked.subject().supplier())) {
            return Checked.invalid(
                    RejectionCode.NOT_YOUR_INSTITUTION, "/supplier", "the question names another supplier");
        }
        return asked.registration(rules);
    }

    /** The supplier's reference of a question that may be none; empty when it holds none that can be told. */
    public static Optional<String> supplierReference(byte[] question) {
        try {
            return Elements.text(
                            StrictXml.read(question, Bounds.MESSAGE).getDocumentElement(),
                            "Inhoud",
                            "Bewijsregistratie",
                            "Leverancier",
                            "Bewijsreferte")
                    .flatMap(text -> QualificationCsv.supplierReference(Map.of("supplierReference", text)));
        } catch (XmlRefusedException e) {
            return Optional.empty();
        }
    }

    private static Element message(Document context, Document question) {
        Document document = StrictXml.empty();
        Element message = document.createElementNS(
                LedService.REGISTREER_BEWIJS.namespace(), "r:" + LedService.REGISTREER_BEWIJS.element());
        document.appendChild(message);
        Element request = Elements.add(message, "Verzoek");
        request.appendChild(document.importNode(context.getDocumentElement(), true));
        Elements.add(request, "Vragen").appendChild(document.importNode(question.getDocumentElement(), true));
        return message;
    }

    /** Loaded once, by the first file. */
    private static final class Contract {
        private static final LedSchemas SCHEMAS = new LedSchemas();
    }
}
