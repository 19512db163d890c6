package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.Client.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R01, L02, L05: files of RegistreerBewijs, with as many questions as one likes. */
class LedFileTest {
    private static final AtomicInteger PERSON = new AtomicInteger(70_000);
    private static final String NAME = "Master of Science in de sociologie";
    private static final String CONTEXT = """
            <Context><Naam>RegistreerBewijs</Naam><Versie>02.00.0000</Versie>
            <Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-11-23</Datum><Tijd>12:00:00.000</Tijd></Tijdstip>
            <Afzender><Identificatie>test.example/client</Identificatie><Referte>message-1</Referte>
            <Hoedanigheid>a1300</Hoedanigheid></Afzender></Bericht></Context>""";

    private final RegistryFixture registry = RegistryFixture.shared();
    private final Client client = registry.client();
    private final OpenApi api = new OpenApi(client);
    private final String insz = Samples.insz(PERSON.incrementAndGet());

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private static String file(String... questions) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- of the year 2019 -->
                <led:RegistreerBewijs xmlns:led="http://registreerbewijs.bewijsregistratiedienst.led.vlaanderen.be"><Verzoek>
                %s<Vragen>%s</Vragen></Verzoek></led:RegistreerBewijs>
                """.formatted(CONTEXT, String.join("\n", questions));
    }

    private static String question(String supplier, String reference, String insz, String name) {
        return """
                <Vraag><Referte>case-17</Referte><Inhoud><Bewijsregistratie>
                <Leverancier><Naam>%s</Naam><Bewijsreferte>%s</Bewijsreferte></Leverancier>
                <PersoonUitgereikt><INSZ>%s</INSZ></PersoonUitgereikt>
                <Bewijs><Authenticiteit><Naam>Authentiek</Naam></Authenticiteit>
                <Categorie><Naam>Hoger onderwijs</Naam></Categorie><Graad><Naam>Master</Naam></Graad>
                <Onderwijsvorm><Naam>Niet van toepassing</Naam></Onderwijsvorm>
                <Bewijstype><Naam>Diploma</Naam></Bewijstype><Bewijsstaat><Naam>Eindbewijs</Naam></Bewijsstaat>
                <Instantie><Naam>Universiteit</Naam></Instantie>
                <Onderwerp><Code>312002</Code><Naam>Sociologie</Naam></Onderwerp>
                <Uitreikingsdatum><Jaar>2019</Jaar><Maand>06</Maand><Dag>28</Dag></Uitreikingsdatum>
                <VolledigeNaam>%s</VolledigeNaam><Land><Code>BEL</Code></Land><Taal><Code>nld</Code></Taal>
                <Instelling><Naam>Katholieke Universiteit Leuven</Naam><Nummer>110131</Nummer></Instelling>
                <Schooltype><Naam>Niet van toepassing</Naam></Schooltype>
                <Studierichting><Naam>Sociologie</Naam><Code>10010</Code></Studierichting></Bewijs>
                </Bewijsregistratie></Inhoud></Vraag>""".formatted(supplier, reference, insz, name);
    }

    private static String reference() {
        return Samples.reference().substring(0, 36);
    }

    private static List<String> errors(JsonNode result) {
        return result.path("errors")
                .valueStream()
                .map(error -> error.path("column").asString() + ":"
                        + error.path("code").asString())
                .toList();
    }

    @Test
    void each_question_is_answered_alone_and_the_rejected_ones_are_a_file_again() {
        String wrong = "80670199900";
        String first = reference();
        Batch batch = Batch.led(
                client,
                key(),
                file(
                        question("kuleuven", first, insz, "Master &amp; <![CDATA[<more>]]>"),
                        question("kuleuven", reference(), wrong, NAME),
                        question("ugent", reference(), insz, NAME),
                        question("kuleuven", reference(), insz, NAME).replace("<Taal><Code>nld</Code></Taal>", ""),
                        question("kuleuven", reference(), insz, NAME).replace(">Master<", ">Meesterschap<"),
                        question("kuleuven", reference(), insz, "x".repeat(1_500_000)),
                        question("kuleuven", first, insz, "Master &amp; &lt;more&gt;")));
        assertThat(batch.awaitDone().path("state").asString()).isEqualTo("DONE");
        List<JsonNode> results = api.check("GET", "/v1/batches/{id}/results", client.get(batch.path() + "/results"))
                .lines();
        assertThat(results)
                .extracting(result -> result.path("status").asString())
                .containsExactly("ACCEPTED", "REJECTED", "REJECTED", "REJECTED", "REJECTED", "REJECTED", "DUPLICATE");
        assertThat(results.get(0).path("supplierReference").asString()).isEqualTo(first);
        assertThat(results.get(6).path("receipt"))
                .as("CDATA and references are the same text")
                .isEqualTo(results.get(0).path("receipt"));
        assertThat(errors(results.get(1))).containsExactly("PersoonUitgereikt/INSZ:INSZ_CHECKSUM");
        assertThat(errors(results.get(2))).containsExactly("Leverancier/Naam:NOT_YOUR_INSTITUTION");
        assertThat(errors(results.get(3))).containsExactly(":MALFORMED");
        assertThat(results.get(3).path("errors").path(0).path("message").asString())
                .contains("RegistreerBewijs/Verzoek/Vragen/Vraag/Inhoud/Bewijsregistratie/Bewijs");
        assertThat(errors(results.get(4))).contains("Bewijs/Graad/Naam:VALUE_NOT_IN_TAXONOMY");
        assertThat(errors(results.get(5))).containsExactly(":MALFORMED");
        assertThat(results.toString()).doesNotContain("Meesterschap", insz);

        Answer rejected = api.check("GET", "/v1/batches/{id}/rejected", batch.rejectedAnswer());
        assertThat(rejected.header("Content-Type")).startsWith("application/xml");
        assertThat(rejected.text())
                .contains("<!-- errorCodes of row 2: INSZ_CHECKSUM -->", "<!-- errorCodes of row 6: MALFORMED -->")
                .doesNotContain("xxxx", first);
        Batch again = Batch.led(client, key(), rejected.text().replace(wrong, Samples.insz(PERSON.incrementAndGet())));
        assertThat(again.awaitDone().path("accepted").asInt()).isEqualTo(1);
        assertThat(again.status().path("rows").asInt()).isEqualTo(4);
    }

    @Test
    void what_was_registered_by_a_file_is_the_same_record_by_any_other_way() {
        String reference = reference();
        Batch batch = Batch.led(client, key(), file(question("kuleuven", reference, insz, NAME)));
        batch.awaitDone();
        Answer json = client.post("/v1/qualifications", Samples.registration(reference, insz, NAME));
        assertThat(json.status()).as(json.text()).isEqualTo(200);
        assertThat(json.json()).isEqualTo(batch.results().getFirst().path("receipt"));
    }

    @Test
    void a_context_that_breaks_the_schema_or_is_of_another_version_lets_no_question_through() {
        String whole = file(question("kuleuven", reference(), insz, NAME));
        for (String context : List.of(
                whole.replace("<Type>VRAAG</Type>", "<Type>secret-value</Type>"),
                whole.replace("02.00.0000", "01.00.0000"))) {
            Batch batch = Batch.led(client, key(), context);
            assertThat(batch.awaitDone().path("rejected").asInt()).isEqualTo(1);
            assertThat(batch.results().getFirst().toString())
                    .contains("MALFORMED")
                    .doesNotContain("secret-value");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a/>",
                "<!DOCTYPE a [<!ENTITY a \"secret-value\">]><a>&a;</a>",
                "doctype",
                "cut",
                "behind",
                "instruction",
                "deep",
                "attribute",
                "envelope",
                "empty"
            })
    void a_file_that_is_none_is_refused_whole_and_its_key_is_free_again(String what) {
        String whole = file(question("kuleuven", reference(), insz, NAME));
        String body = switch (what) {
            case "doctype" -> whole.replace("<!-- of the year 2019 -->", "<!DOCTYPE x SYSTEM \"file:///x\">");
            case "cut" -> whole.substring(0, whole.length() - 30);
            case "behind" -> whole + "<a/>";
            case "instruction" -> whole.replace("<Inhoud>", "<?php x?><Inhoud>");
            case "deep" -> whole.replace("<Inhoud>", "<Inhoud>" + "<a>".repeat(100_000));
            case "attribute" -> whole.replace("<Inhoud>", "<Inhoud a='" + "x".repeat(3_000_000) + "'>");
            case "envelope" ->
                whole.replace("<led:R", "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><led:R")
                        + "</s:Envelope>";
            case "empty" -> file();
            default -> what;
        };
        String key = key();
        Answer answer = api.check(
                "POST", "/v1/batches", Batch.send(client, "application/xml", key, "", BodyPublishers.ofString(body)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("MALFORMED");
        assertThat(answer.text()).doesNotContain("secret-value", insz);
        Batch.led(client, key, whole).awaitDone();
    }

    @Test
    void a_file_in_another_encoding_is_refused_however_it_says_so() {
        String whole = file(question("kuleuven", reference(), insz, "Zeldzaam Opv\u00e4llend"));
        for (byte[] body : List.of(
                whole.getBytes(StandardCharsets.ISO_8859_1),
                whole.replace("UTF-8", "ISO-8859-1").getBytes(StandardCharsets.ISO_8859_1),
                whole.replace("UTF-8", "UTF-16").getBytes(StandardCharsets.UTF_16))) {
            Answer answer = Batch.send(client, "application/xml", key(), "", BodyPublishers.ofByteArray(body));
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.text()).contains("is not UTF-8");
        }
    }
}
