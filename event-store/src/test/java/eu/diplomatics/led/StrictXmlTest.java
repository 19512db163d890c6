package eu.diplomatics.led;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.led.XmlRefusedException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ASVS 1.5.1: XML of strangers: what is not read, and why. */
class StrictXmlTest {
    private static void assertRefused(byte[] xml, Reason... reasons) {
        assertThatThrownBy(() -> StrictXml.read(xml, Bounds.MESSAGE))
                .isInstanceOfSatisfying(
                        XmlRefusedException.class,
                        refused -> assertThat(reasons).contains(refused.reason()));
    }

    private static void assertRefused(String xml, Reason... reasons) {
        assertRefused(xml.getBytes(StandardCharsets.UTF_8), reasons);
    }

    @Test
    @Timeout(10)
    void a_bomb_of_entities_is_refused_before_it_grows() {
        StringBuilder bomb = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            bomb.append("<!ENTITY e%d \"&e%d;&e%d;\">".formatted(i, i - 1, i - 1));
        }
        assertRefused(bomb.append("]><a>&e29;</a>").toString(), Reason.DOCTYPE, Reason.NOT_WELL_FORMED);
    }

    @Test
    void an_external_entity_is_refused_and_its_file_never_read(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "the secret");
        String entity = "<!DOCTYPE a [<!ENTITY x SYSTEM \"%s\">]><a>&x;</a>".formatted(secret.toUri());
        assertRefused(entity, Reason.DOCTYPE, Reason.NOT_WELL_FORMED);
        assertRefused(
                "<!DOCTYPE a SYSTEM \"%s\"><a/>".formatted(secret.toUri()), Reason.DOCTYPE, Reason.NOT_WELL_FORMED);
        assertRefused("<a>&undeclared;</a>", Reason.DOCTYPE, Reason.NOT_WELL_FORMED);
        // for which the JDK's parser has no message
        assertRefused(
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"\u0000file:///etc/hostname\">]><a>&b;</a>", Reason.NOT_WELL_FORMED);
    }

    @Test
    void deep_nesting_many_elements_and_many_attributes_are_refused() throws XmlRefusedException {
        assertRefused("<a>".repeat(33) + "</a>".repeat(33), Reason.BEYOND_BOUNDS);
        assertThat(StrictXml.read(
                        ("<a>".repeat(32) + "</a>".repeat(32)).getBytes(StandardCharsets.UTF_8), Bounds.MESSAGE))
                .isNotNull();
        assertRefused("<a>" + "<b/>".repeat(4_000) + "</a>", Reason.BEYOND_BOUNDS);
        StringBuilder attributes = new StringBuilder("<a");
        StringBuilder namespaces = new StringBuilder("<a");
        for (int i = 0; i < 33; i++) {
            attributes.append(" x").append(i).append("=\"1\"");
            namespaces.append(" xmlns:x").append(i).append("=\"urn:").append(i).append('"');
        }
        assertRefused(attributes + "/>", Reason.BEYOND_BOUNDS);
        assertRefused(namespaces + "/>", Reason.BEYOND_BOUNDS);
    }

    @Test
    void what_is_too_long_is_not_even_decoded() {
        assertRefused("<a>" + "x".repeat(Bounds.MESSAGE.bytes()) + "</a>", Reason.TOO_LARGE);
    }

    @Test
    void only_utf_8_is_read_whatever_it_calls_itself() {
        assertRefused("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", Reason.NOT_UTF_8);
        assertRefused("<a>caf\u00e9</a>".getBytes(StandardCharsets.ISO_8859_1), Reason.NOT_UTF_8);
        assertRefused("<a/>".getBytes(StandardCharsets.UTF_16), Reason.NOT_UTF_8, Reason.NOT_WELL_FORMED);
    }

    @Test
    void a_processing_instruction_is_refused() {
        assertRefused("<a><?php echo?></a>", Reason.INSTRUCTION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hello", "<a>", "<a></b>", "<a/><a/>", "<a x=\"1\" x=\"2\"/>", "<a>\u0000</a>", "<p:a/>"})
    void what_is_not_well_formed_is_refused(String xml) {
        assertRefused(xml, Reason.NOT_WELL_FORMED);
    }

    @Test
    void comments_do_not_cut_a_text_in_two() throws XmlRefusedException {
        byte[] xml = "<a>admin<!-- -->@else</a>".getBytes(StandardCharsets.UTF_8);
        assertThat(StrictXml.read(xml, Bounds.MESSAGE).getDocumentElement().getTextContent())
                .isEqualTo("admin@else");
    }

    @Test
    void an_envelope_has_one_header_one_body_and_one_element_in_it() {
        for (String wrong : new String[] {
            "<a/>",
            "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body><a/></e:Body></e:Envelope>",
            "<e:Envelope xmlns:e=\"%s\"/>".formatted(LedEnvelope.SOAP),
            "<e:Envelope xmlns:e=\"%s\"><e:Body/></e:Envelope>".formatted(LedEnvelope.SOAP),
            "<e:Envelope xmlns:e=\"%s\"><e:Body><a/><b/></e:Body></e:Envelope>".formatted(LedEnvelope.SOAP),
            "<e:Envelope xmlns:e=\"%s\"><e:Body><a/></e:Body><e:Body><a/></e:Body></e:Envelope>"
                    .formatted(LedEnvelope.SOAP)
        }) {
            assertThatThrownBy(() -> LedEnvelope.read(
                            "text/xml",
                            new java.io.ByteArrayInputStream(wrong.getBytes(StandardCharsets.UTF_8)),
                            Bounds.MESSAGE,
                            Duration.ofSeconds(5)))
                    .as(wrong)
                    .isInstanceOf(LedRefusedException.class);
        }
    }
}
