package eu.diplomatics.led;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.led.StrictXml.Bounds;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Who signed a message, and what is no signature of it. */
class LedSignaturesTest {
    @TempDir
    static Path folder;

    private static SigningParties parties;
    private Instant now = Instant.now();
    private final InstantSource clock = () -> now;
    private LedSignatures signatures = new LedSignatures(LedSigners.load(List.of()), clock);

    @BeforeAll
    static void makeKeys() {
        parties = new SigningParties(folder, "vdab", "kuleuven", "stranger");
    }

    @BeforeEach
    void knowTwoOfThem() {
        signatures = new LedSignatures(parties.signers("vdab", "kuleuven"), clock);
    }

    private static String message() {
        return SoapClient.geefBewijs("99610100179", "a1300");
    }

    private static byte[] signed(String party) {
        return parties.signing(party).sign(message().getBytes(StandardCharsets.UTF_8), Bounds.MESSAGE);
    }

    private static byte[] changed(byte[] message, Consumer<Document> change) throws XmlRefusedException {
        Document document = StrictXml.read(message, Bounds.MESSAGE);
        change.accept(document);
        return StrictXml.write(document);
    }

    private String signer(byte[] message, @Nullable X509Certificate connection) throws Exception {
        return signatures.signer(
                LedEnvelope.read("text/xml", new ByteArrayInputStream(message), Bounds.MESSAGE, Duration.ofSeconds(5)),
                connection);
    }

    private void assertRefused(byte[] message, String code) {
        assertThatThrownBy(() -> signer(message, null))
                .isInstanceOfSatisfying(
                        LedRefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static Element first(Document document, String name) {
        return (Element) document.getElementsByTagNameNS("*", name).item(0);
    }

    @Test
    void a_message_is_whose_certificate_signed_it() throws Exception {
        assertThat(signer(signed("vdab"), null)).isEqualTo("vdab");
        assertThat(signer(signed("kuleuven"), null)).isEqualTo("kuleuven");
    }

    @Test
    void a_message_without_a_signature_is_nobodys() {
        assertRefused(message().getBytes(StandardCharsets.UTF_8), "UNAUTHENTICATED");
    }

    @Test
    void a_certificate_that_nobody_was_given_is_refused_although_the_same_authority_made_it() {
        assertRefused(signed("stranger"), "SIGNATURE_REFUSED");
    }

    @Test
    void the_same_message_counts_once() throws Exception {
        byte[] message = signed("vdab");
        assertThat(signer(message, null)).isEqualTo("vdab");
        assertRefused(message, "MESSAGE_REPLAYED");
        assertRefused(
                changed(
                        message,
                        document -> document.getDocumentElement()
                                .insertBefore(document.createTextNode("\n"), first(document, "Body"))),
                "MESSAGE_REPLAYED");
    }

    @Test
    void a_message_is_no_older_than_five_minutes_and_not_of_the_future() {
        byte[] message = signed("vdab");
        now = now.plus(Duration.ofMinutes(6));
        assertRefused(message, "SIGNATURE_REFUSED");
        now = now.minus(Duration.ofMinutes(12));
        assertRefused(message, "SIGNATURE_REFUSED");
    }

    @Test
    void a_changed_body_is_refused() throws Exception {
        assertRefused(
                changed(signed("vdab"), document -> first(document, "INSZ").setTextContent("99610100278")),
                "SIGNATURE_REFUSED");
    }

    @Test
    void a_changed_time_stamp_is_refused() throws Exception {
        assertRefused(
                changed(
                        signed("vdab"),
                        document -> first(document, "Expires")
                                .setTextContent(now.plus(Duration.ofMinutes(30)).toString())),
                "SIGNATURE_REFUSED");
    }

    @Test
    void a_signed_body_that_was_moved_away_for_another_one_is_refused() throws Exception {
        byte[] wrapped = changed(signed("vdab"), document -> {
            Element body = first(document, "Body");
            Element other = (Element) body.cloneNode(true);
            other.removeAttributeNS(
                    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd", "Id");
            Element wrapper = document.createElementNS("urn:wrapper", "w:Wrapper");
            document.getDocumentElement().replaceChild(other, body);
            wrapper.appendChild(body);
            first(document, "Header").appendChild(wrapper);
            ((Element) other.getElementsByTagName("INSZ").item(0)).setTextContent("99610100278");
        });
        assertRefused(wrapped, "SIGNATURE_REFUSED");
    }

    @Test
    void a_signed_body_beside_another_of_the_same_id_is_refused() throws Exception {
        byte[] wrapped = changed(signed("vdab"), document -> {
            Element body = first(document, "Body");
            Element other = (Element) body.cloneNode(true);
            Element wrapper = document.createElementNS("urn:wrapper", "w:Wrapper");
            document.getDocumentElement().replaceChild(other, body);
            wrapper.appendChild(body);
            first(document, "Header").appendChild(wrapper);
            ((Element) other.getElementsByTagName("INSZ").item(0)).setTextContent("99610100278");
        });
        assertRefused(wrapped, "SIGNATURE_REFUSED");
    }

    @Test
    void a_second_security_header_or_time_stamp_is_refused() throws Exception {
        assertRefused(
                changed(
                        signed("vdab"),
                        document -> first(document, "Header")
                                .appendChild(first(document, "Security").cloneNode(true))),
                "SIGNATURE_REFUSED");
        assertRefused(
                changed(
                        signed("vdab"),
                        document -> first(document, "Security")
                                .appendChild(first(document, "Timestamp").cloneNode(true))),
                "SIGNATURE_REFUSED");
    }

    @Test
    void an_algorithm_that_is_not_allowed_is_refused() throws Exception {
        assertRefused(
                changed(
                        signed("vdab"),
                        document -> first(document, "DigestMethod")
                                .setAttribute("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")),
                "SIGNATURE_REFUSED");
        assertRefused(
                changed(
                        signed("vdab"),
                        document -> first(document, "CanonicalizationMethod")
                                .setAttribute("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")),
                "SIGNATURE_REFUSED");
    }

    @Test
    void who_connected_has_to_be_who_signed() throws Exception {
        assertThat(signer(signed("vdab"), parties.certificate("vdab"))).isEqualTo("vdab");
        assertThatThrownBy(() -> signer(signed("vdab"), parties.certificate("kuleuven")))
                .isInstanceOf(LedRefusedException.class);
        assertThatThrownBy(() -> signer(signed("vdab"), parties.certificate("stranger")))
                .isInstanceOf(LedRefusedException.class);
    }
}
