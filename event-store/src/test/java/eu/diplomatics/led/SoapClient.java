package eu.diplomatics.led;

import eu.diplomatics.led.StrictXml.Bounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Speaks SOAP 1.1 as a client of the LED does; what it says is text, so that it can say what no library would. */
public final class SoapClient {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final Bounds ANY = new Bounds(4 * 1024 * 1024, 40, 100_000, 40);

    private final URI base;
    private final String[] headers;

    /** @param headers that each message has, as names and values */
    public SoapClient(URI base, String... headers) {
        this.base = base;
        this.headers = headers.clone();
    }

    /** An answer: an envelope, or something else without one. */
    public record Reply(int status, String text, String contentType) {
        public Element payload() {
            try {
                Document document = StrictXml.read(text.getBytes(StandardCharsets.UTF_8), ANY);
                return Elements.children(Elements.at(document.getDocumentElement(), "Body")
                                .orElseThrow())
                        .getFirst();
            } catch (XmlRefusedException e) {
                throw new AssertionError("the answer is not XML: " + e.reason(), e);
            }
        }

        /** The answer's element, having held it against the LED's own schema. */
        public Element valid(LedService service) {
            Element payload = payload();
            OriginalSchemas.check(service, payload);
            return payload;
        }

        /** Numbers of its exceptions, in their order. */
        public List<String> exceptions() {
            List<String> found = new ArrayList<>();
            var all = payload().getElementsByTagName("Uitzondering");
            for (int i = 0; i < all.getLength(); i++) {
                found.add(Elements.text((Element) all.item(i), "Identificatie").orElse(""));
            }
            return found;
        }

        /** The texts of all elements with this name. */
        public List<String> texts(String name) {
            List<String> found = new ArrayList<>();
            var all = payload().getElementsByTagName(name);
            for (int i = 0; i < all.getLength(); i++) {
                found.add(all.item(i).getTextContent());
            }
            return found;
        }

        /** Our code in a fault; empty when it is none. */
        public String faultCode() {
            return "Fault".equals(payload().getLocalName())
                    ? Elements.text(payload(), "detail", "code").orElse("?")
                    : "";
        }
    }

    public Reply post(String path, String message) {
        return post(path, message.getBytes(StandardCharsets.UTF_8), "text/xml; charset=utf-8");
    }

    public Reply post(String path, byte[] message, String contentType) {
        return send(HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", contentType)
                .header("SOAPAction", "\"\"")
                .POST(HttpRequest.BodyPublishers.ofByteArray(message)));
    }

    public Reply get(String path) {
        return send(HttpRequest.newBuilder(base.resolve(path)).GET());
    }

    private Reply send(HttpRequest.Builder request) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response =
                    HTTP.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("Content-Type").orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A question as the samples have it. @param content of {@code Inhoud} */
    public static String question(LedService service, String capacity, String content) {
        return """
                <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="%2$s">
                  <soapenv:Header/>
                  <soapenv:Body><q:%1$s><Verzoek>
                    <Context><Naam>%1$s</Naam><Versie>02.00.0000</Versie><Bericht><Type>VRAAG</Type>
                      <Tijdstip><Datum>2026-01-01</Datum><Tijd>12:00:00.000</Tijd></Tijdstip>
                      <Afzender><Identificatie>test.example/client</Identificatie><Referte>message-1</Referte>
                      <Hoedanigheid>%3$s</Hoedanigheid></Afzender></Bericht></Context>
                    <Vragen><Vraag><Referte>case-17</Referte><Inhoud>%4$s</Inhoud></Vraag></Vragen>
                  </Verzoek></q:%1$s></soapenv:Body>
                </soapenv:Envelope>
                """.formatted(service.element(), service.namespace(), capacity, content);
    }

    public static String geefBewijs(String insz, String capacity) {
        return question(LedService.GEEF_BEWIJS, capacity, "<INSZ>" + insz + "</INSZ>");
    }
}
