package eu.diplomatics.led;

import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.led.XmlRefusedException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** A SOAP 1.1 message as it came, read once: who checks its signature and who answers it see the same tree. */
public final class LedEnvelope {
    /** Of SOAP 1.1. */
    public static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    /** Of WS-Security 1.0. */
    public static final String SECURITY =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    private static final int CHUNK = 8192;

    private final Document document;
    private final Element body;
    private final Element payload;
    private final @Nullable Element security;

    private LedEnvelope(Document document, Element body, Element payload, @Nullable Element security) {
        this.document = document;
        this.body = body;
        this.payload = payload;
        this.security = security;
    }

    /**
     * Reads a message.
     *
     * @param patience how long its bytes may take in all
     * @throws LedRefusedException when it is no message that is read here
     */
    public static LedEnvelope read(@Nullable String contentType, InputStream in, Bounds bounds, Duration patience)
            throws LedRefusedException, IOException {
        checkType(contentType);
        try {
            return of(StrictXml.read(bytes(in, bounds.bytes(), patience), bounds));
        } catch (XmlRefusedException e) {
            throw new LedRefusedException(
                    e.reason() == Reason.TOO_LARGE ? "TOO_LARGE" : "MALFORMED",
                    "the message is " + e.reason().text());
        }
    }

    static LedEnvelope of(Document document) throws LedRefusedException {
        Element envelope = document.getDocumentElement();
        if (!is(envelope, "Envelope")) {
            throw new LedRefusedException("MALFORMED", "the message is no SOAP 1.1 envelope");
        }
        List<Element> parts = Elements.children(envelope);
        boolean headed = parts.size() == 2 && is(parts.getFirst(), "Header");
        if (parts.isEmpty() || !is(parts.getLast(), "Body") || parts.size() != (headed ? 2 : 1)) {
            throw new LedRefusedException("MALFORMED", "an envelope has one header at most and one body");
        }
        List<Element> payload = Elements.children(parts.getLast());
        if (payload.size() != 1) {
            throw new LedRefusedException("MALFORMED", "a body has one element");
        }
        List<Element> securities = new ArrayList<>();
        if (headed) {
            for (Element header : Elements.children(parts.getFirst())) {
                if ("Security".equals(header.getLocalName()) && SECURITY.equals(header.getNamespaceURI())) {
                    securities.add(header);
                }
            }
        }
        if (securities.size() > 1) {
            throw new LedRefusedException("SIGNATURE_REFUSED", "a message has one security header at most");
        }
        return new LedEnvelope(
                document, parts.getLast(), payload.getFirst(), securities.isEmpty() ? null : securities.getFirst());
    }

    private static boolean is(Element element, String name) {
        return name.equals(element.getLocalName()) && SOAP.equals(element.getNamespaceURI());
    }

    private static void checkType(@Nullable String contentType) throws LedRefusedException {
        String[] parts = (contentType == null ? "" : contentType)
                .toLowerCase(Locale.ROOT)
                .split(";");
        boolean xml = parts[0].strip().equals("text/xml");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").strip();
            xml &= !parameter.startsWith("charset=") || parameter.equals("charset=utf-8");
        }
        if (!xml) {
            throw new LedRefusedException("UNSUPPORTED_MEDIA_TYPE", "a message is text/xml in UTF-8");
        }
    }

    private static byte[] bytes(InputStream in, int atMost, Duration patience)
            throws LedRefusedException, XmlRefusedException, IOException {
        long end = System.nanoTime() + patience.toNanos();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(CHUNK);
        byte[] chunk = new byte[CHUNK];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            if (bytes.size() + read > atMost) {
                throw new XmlRefusedException(Reason.TOO_LARGE);
            }
            if (System.nanoTime() - end > 0) {
                throw new LedRefusedException("UPLOAD_TOO_SLOW", "the message comes too slowly");
            }
            bytes.write(chunk, 0, read);
        }
        return bytes.toByteArray();
    }

    public Document document() {
        return document;
    }

    public Element body() {
        return body;
    }

    /** The body's element. */
    public Element payload() {
        return payload;
    }

    /** The header of WS-Security, where there is one. */
    public Optional<Element> security() {
        return Optional.ofNullable(security);
    }

    static byte[] fault(String code, String text) {
        Document document = StrictXml.empty();
        Element envelope = document.createElementNS(SOAP, "soapenv:Envelope");
        document.appendChild(envelope);
        Element outer = document.createElementNS(SOAP, "soapenv:Body");
        envelope.appendChild(outer);
        Element fault = document.createElementNS(SOAP, "soapenv:Fault");
        outer.appendChild(fault);
        Elements.add(fault, "faultcode", "soapenv:Client");
        Elements.add(fault, "faultstring", text);
        Element detail = Elements.add(fault, "detail");
        Element ours = document.createElementNS("urn:diplomatics:led", "d:code");
        ours.setTextContent(code);
        detail.appendChild(ours);
        return StrictXml.write(document);
    }
}
