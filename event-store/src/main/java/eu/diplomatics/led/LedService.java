package eu.diplomatics.led;

import java.util.Arrays;
import java.util.Optional;
import org.w3c.dom.Element;

/** The services of the LED 02.00 and their namespaces. */
public enum LedService {
    GEEF_BEWIJS("GeefBewijs", "http://geefbewijs.bewijsraadplegingdienst.led.vlaanderen.be"),
    REGISTREER_BEWIJS("RegistreerBewijs", "http://registreerbewijs.bewijsregistratiedienst.led.vlaanderen.be"),
    REGISTREER_MUTATIE_BEWIJS(
            "RegistreerMutatieBewijs",
            "http://webservice.registreermutatiebewijsdienst-02_00.led-02_00.vip.vlaanderen.be"),
    ANNULEER_BEWIJS("AnnuleerBewijs", "http://webservice.annuleerbewijsdienst-02_00.led-02_00.vip.vlaanderen.be");

    /** The one that questions and answers carry. */
    public static final String VERSION = "02.00.0000";
    /** What every version that is read begins with. */
    static final String MAJOR = VERSION.substring(0, 3);

    private final String element;
    private final String namespace;

    LedService(String element, String namespace) {
        this.element = element;
        this.namespace = namespace;
    }

    /** The local name of a question; an answer's has {@code Response} behind it. */
    public String element() {
        return element;
    }

    public String namespace() {
        return namespace;
    }

    /** The service that a body's element asks. */
    public static Optional<LedService> of(Element question) {
        return Arrays.stream(values())
                .filter(service -> service.element.equals(question.getLocalName())
                        && service.namespace.equals(question.getNamespaceURI()))
                .findFirst();
    }
}
