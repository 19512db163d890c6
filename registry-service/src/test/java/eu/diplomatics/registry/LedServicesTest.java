package eu.diplomatics.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.diplomatics.led.LedService;
import eu.diplomatics.led.OriginalSchemas;
import eu.diplomatics.led.SigningParties;
import eu.diplomatics.led.SoapClient;
import eu.diplomatics.led.SoapClient.Reply;
import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.registry.Client.Answer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R01, R04, L02: the LED's services that register, correct and annul, by its own messages. */
class LedServicesTest {
    private static final AtomicInteger PERSON = new AtomicInteger(60_000);
    private static final String NAME = "Master of Science in de sociologie";

    private final RegistryFixture registry = RegistryFixture.shared();
    private final SoapClient client =
            new SoapClient(URI.create("http://127.0.0.1:" + registry.port()), "X-Caller", Client.SUPPLIER);
    private final String insz = Samples.insz(PERSON.incrementAndGet());
    private final String reference = Samples.reference().substring(0, 36);

    @BeforeEach
    void schemasAreThere() {
        assumeTrue(OriginalSchemas.directory().isPresent(), "the LED's schemas lie in ../shared, which is absent here");
    }

    private static String subject(String reference, String insz) {
        return """
                <Leverancier><Naam>kuleuven</Naam><Bewijsreferte>%s</Bewijsreferte></Leverancier>
                <PersoonUitgereikt><INSZ>%s</INSZ></PersoonUitgereikt>""".formatted(reference, insz);
    }

    private static String proof(String name) {
        return """
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
                <Studierichting><Naam>Sociologie</Naam><Code>10010</Code></Studierichting></Bewijs>""".formatted(name);
    }

    private Reply ask(LedService service, String content) {
        Reply reply = client.post("/led/" + service.element(), SoapClient.question(service, "a1300", content));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        reply.valid(service);
        return reply;
    }

    private Reply register(String name) {
        return ask(
                LedService.REGISTREER_BEWIJS,
                "<Bewijsregistratie>" + subject(reference, insz) + proof(name) + "</Bewijsregistratie>");
    }

    private Reply correct(String name, String seen) {
        return ask(
                LedService.REGISTREER_MUTATIE_BEWIJS,
                "<Bewijsmutatie>" + subject(reference, insz) + proof(name) + seen
                        + "<Reden>a slip of the pen</Reden></Bewijsmutatie>");
    }

    private Reply annul(String person) {
        return ask(
                LedService.ANNULEER_BEWIJS,
                "<Bewijsannulering>" + subject(reference, person)
                        + "<Redencode>AWARDED_IN_ERROR</Redencode></Bewijsannulering>");
    }

    private static JsonNode receipt(Reply reply) {
        return JsonMapper.shared().readTree(reply.texts("Waarde").get(1));
    }

    @Test
    void a_registration_is_answered_ok_with_its_receipt_and_sent_again_with_the_same() {
        Reply first = register(NAME);
        assertThat(first.texts("Melding")).containsExactly("OK");
        assertThat(first.texts("Referte")).contains("message-1", "case-17");
        assertThat(receipt(first).path("reference").asString())
                .isEqualTo(first.texts("Waarde").getFirst());

        assertThat(receipt(register(NAME)).path("position"))
                .isEqualTo(receipt(first).path("position"));
        assertThat(register("Another diploma").exceptions()).containsExactly("74001");

        Answer json = registry.client().post("/v1/qualifications", Samples.registration(reference, insz, NAME));
        assertThat(json.status()).as("the same record by the other way in").isEqualTo(200);
    }

    @Test
    void an_annulment_is_done_once_and_only_for_the_person_named() {
        register(NAME);
        assertThat(annul(Samples.insz(PERSON.incrementAndGet())).exceptions()).containsExactly("40000");
        Reply done = annul(insz);
        assertThat(done.texts("Melding")).containsExactly("OK");
        assertThat(receipt(annul(insz)).path("position"))
                .isEqualTo(receipt(done).path("position"));
        assertThat(correct("Another name", "").exceptions()).containsExactly("74004");
    }

    @Test
    void what_is_registered_anew_after_its_annulment_is_the_same_record_corrected() {
        Reply first = register(NAME);
        annul(insz);
        Reply anew = register("Master of Science in de sociologie, corrected");
        assertThat(anew.texts("Melding")).containsExactly("OK");
        assertThat(anew.texts("Waarde").getFirst())
                .isEqualTo(first.texts("Waarde").getFirst());
        assertThat(receipt(anew).path("version").asLong()).isEqualTo(4);
        assertThat(receipt(register("Master of Science in de sociologie, corrected")))
                .as("sent again")
                .isEqualTo(receipt(anew));

        annul(insz);
        assertThat(receipt(register("Master of Science in de sociologie, corrected"))
                        .path("version")
                        .asLong())
                .isEqualTo(6);
    }

    /** LED answers cannot say that a record is disputed. */
    @Test
    void a_dispute_keeps_nobody_from_correcting_or_registering_anew() {
        String reference = register(NAME).texts("Waarde").getFirst();
        String record = "/v1/qualifications/" + reference;
        Client citizen = registry.client().as("citizen:" + insz);
        assertThat(citizen.post(record + "/dispute", Samples.reason("WRONG_NAME"))
                        .status())
                .isEqualTo(201);
        String seen = "<Bewijsmutatiereferte>" + reference.replace("-", "") + "-1</Bewijsmutatiereferte>";
        assertThat(correct("Master", seen).texts("Melding")).containsExactly("OK");
        assertThat(citizen.post(record + "/dispute/withdrawal", Samples.reason("RIGHT_NOW"))
                        .status())
                .isEqualTo(200);

        // registered anew, the second half of which is still to be done
        annul(insz);
        assertThat(registry.client()
                        .post(record + "/reinstatement", Samples.reason("REGISTERED_AGAIN"))
                        .status())
                .isEqualTo(200);
        assertThat(citizen.post(record + "/dispute", Samples.reason("WRONG_NAME"))
                        .status())
                .isEqualTo(201);
        assertThat(register("Master of Science in de sociologie, corrected").texts("Melding"))
                .containsExactly("OK");
    }

    @Test
    void a_mutation_corrects_the_version_that_was_seen() {
        String record = register(NAME).texts("Waarde").getFirst().replace("-", "");
        Reply corrected = correct("Master", "<Bewijsmutatiereferte>" + record + "-1</Bewijsmutatiereferte>");
        assertThat(corrected.texts("Melding")).containsExactly("OK");
        assertThat(correct("Mistress", "<Bewijsmutatiereferte>" + record + "-1</Bewijsmutatiereferte>")
                        .exceptions())
                .containsExactly("74005");
        assertThat(correct("Mistress", "<Bewijsmutatiereferte>something else</Bewijsmutatiereferte>")
                        .exceptions())
                .containsExactly("74005");
        assertThat(correct("Mistress", "").texts("Melding")).containsExactly("OK");
    }

    @Test
    void what_was_closed_in_the_taxonomy_is_accepted_as_long_as_it_was_awarded_before() {
        Answer closed = registry.client().as("controller:led").put("/v1/taxonomy/subject/9120001", """
                {"name":"Alchemie","closedFrom":"2019-06-28","reason":"no science any more",
                 "links":{"iscedField1997":["442"],"iscedField2013":["0531"]}}""");
        assertThat(closed.status()).as(closed.text()).isEqualTo(201);
        assertThat(registerOf("9120001", "28").exceptions()).containsExactly("72010");
        assertThat(registerOf("9120001", "27").texts("Melding")).containsExactly("OK");
    }

    private Reply registerOf(String subject, String day) {
        String proof = proof(NAME).replace("312002", subject).replace("<Dag>28</Dag>", "<Dag>" + day + "</Dag>");
        return ask(
                LedService.REGISTREER_BEWIJS,
                "<Bewijsregistratie>" + subject(reference, insz) + proof + "</Bewijsregistratie>");
    }

    @Test
    void a_supplier_that_was_withdrawn_is_told_so_whether_it_signs_or_not(@TempDir Path folder) {
        SigningParties parties = new SigningParties(folder, "kuleuven");
        try (RegistryFixture own = RegistryFixture.prepared()
                .with("DIPLOMATICS_LED_SIGNERS_0_PARTY", "kuleuven")
                .with(
                        "DIPLOMATICS_LED_SIGNERS_0_CERTIFICATE",
                        parties.certificateFile("kuleuven").toString())
                .start()) {
            URI address = URI.create("http://127.0.0.1:" + own.port());
            Supplier<Reply> signed = () -> new SoapClient(address)
                    .post(
                            "/led/RegistreerBewijs",
                            parties.signing("kuleuven").sign(registration().getBytes(UTF_8), Bounds.MESSAGE),
                            "text/xml; charset=utf-8");
            assertThat(signed.get().texts("Melding")).containsExactly("OK");
            Answer withdrawn = own.client()
                    .as("controller:led")
                    .post("/v1/suppliers/kuleuven/withdrawal", Samples.reason("CLOSED"));
            assertThat(withdrawn.status()).as(withdrawn.text()).isEqualTo(200);
            Reply refused = signed.get();
            refused.valid(LedService.REGISTREER_BEWIJS);
            assertThat(refused.exceptions()).containsExactly("73002");
            assertThat(new SoapClient(address, "X-Caller", Client.SUPPLIER)
                            .post("/led/RegistreerBewijs", registration())
                            .faultCode())
                    .isEqualTo("SUPPLIER_WITHDRAWN");
        }
    }

    private String registration() {
        return SoapClient.question(
                LedService.REGISTREER_BEWIJS,
                "a1300",
                "<Bewijsregistratie>" + subject(reference, insz) + proof(NAME) + "</Bewijsregistratie>");
    }

    @Test
    void what_nobody_registered_cannot_be_changed() {
        assertThat(annul(insz).exceptions()).containsExactly("40000");
        assertThat(correct(NAME, "").exceptions()).containsExactly("40000");
    }

    @Test
    void the_sample_is_refused_as_it_is_and_accepted_with_values_in_its_place() throws Exception {
        String sample = Files.readString(
                OriginalSchemas.directory().orElseThrow().resolve("samples/RegistreerBewijs/request.xml"));
        Reply asItIs = client.post("/led/RegistreerBewijs", sample);
        asItIs.valid(LedService.REGISTREER_BEWIJS);
        assertThat(asItIs.exceptions()).containsExactly("73001");
        assertThat(asItIs.texts("Omstandigheid")).containsExactly("Leverancier/Naam");

        Reply named = client.post("/led/RegistreerBewijs", sample.replace("SUPPLIER", "kuleuven"));
        named.valid(LedService.REGISTREER_BEWIJS);
        assertThat(named.exceptions()).contains("73001", "72006").doesNotContain("90000");

        String filled = sample.replace("SUPPLIER", "kuleuven")
                .replace("LED_REFERENCE", reference)
                .replace("99610100179", insz)
                .replaceAll("(?s)<Bewijs>.*</Bewijs>", proof(NAME));
        Reply accepted = client.post("/led/RegistreerBewijs", filled);
        accepted.valid(LedService.REGISTREER_BEWIJS);
        assertThat(accepted.texts("Melding")).containsExactly("OK");
    }

    @Test
    void every_rule_that_breaks_is_said_with_its_element_and_without_its_value() {
        Reply reply = ask(
                LedService.REGISTREER_BEWIJS,
                "<Bewijsregistratie>" + subject(reference, insz)
                        + proof("a\u202Eb").replace(">Master<", ">Meesterschap<") + "</Bewijsregistratie>");
        assertThat(reply.exceptions()).contains("72008");
        assertThat(reply.texts("Omstandigheid")).contains("Bewijs/VolledigeNaam");
        assertThat(reply.text()).doesNotContain("Meesterschap", "\u202E", insz);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kuleuven ", "k\u0443leuven", "ugent"})
    void nobody_registers_for_another_however_alike_the_name(String supplier) {
        Reply reply = client.post(
                "/led/RegistreerBewijs",
                SoapClient.question(
                        LedService.REGISTREER_BEWIJS,
                        "a1300",
                        "<Bewijsregistratie>"
                                + subject(reference, insz).replace(">kuleuven<", ">" + supplier + "<")
                                + proof(NAME) + "</Bewijsregistratie>"));
        assertThat(reply.exceptions()).isEqualTo(supplier.equals("kuleuven ") ? List.of() : List.of("73001"));
    }

    @Test
    void hostile_messages_come_to_faults_that_repeat_nothing() {
        String bomb = "<!DOCTYPE a [<!ENTITY a \"secret-value\">]>"
                + SoapClient.question(LedService.ANNULEER_BEWIJS, "a1300", "&a;");
        Reply reply = client.post("/led/AnnuleerBewijs", bomb);
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.faultCode()).isEqualTo("MALFORMED");
        assertThat(reply.text()).doesNotContain("secret-value");
        assertThat(client.post("/led/AnnuleerBewijs", "x".repeat(600_000)).faultCode())
                .isEqualTo("TOO_LARGE");
        assertThat(client.post(
                                "/led/AnnuleerBewijs",
                                "<a/>".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                "application/xml")
                        .faultCode())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(client.post("/led/AnnuleerBewijs", SoapClient.geefBewijs(insz, "a1300"))
                        .faultCode())
                .isEqualTo("NOT_FOUND");
        String hidden = SoapClient.question(LedService.ANNULEER_BEWIJS, "a1300", "")
                .replace("test.example/client", "test\u202Eexample");
        assertThat(client.post("/led/AnnuleerBewijs", hidden).faultCode()).isEqualTo("MALFORMED");
        assertThat(client.get("/led/AnnuleerBewijs?wsdl").text()).contains("AnnuleerBewijsPortType");
    }
}
