package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.led.LedSamples;
import eu.diplomatics.led.LedSamples.LedRecord;
import eu.diplomatics.led.LedService;
import eu.diplomatics.led.OriginalSchemas;
import eu.diplomatics.led.SoapClient;
import eu.diplomatics.led.SoapClient.Reply;
import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.SupplierTerms;
import eu.diplomatics.query.TestRegistry.Registered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** R02, R05, L04: GeefBewijs 02.00 over SOAP answers as the LED does, through the one gate. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GeefBewijsTest {
    private static final String PATH = "/led/GeefBewijs";

    @RegisterExtension
    static final QueryPerClass service = new QueryPerClass(
            "diplomatics.led.capacities[0].code=a1300",
            "diplomatics.led.capacities[0].agency=VDAB",
            "diplomatics.led.capacities[0].purpose=job-mediation",
            "diplomatics.led.capacities[1].code=schools",
            "diplomatics.led.capacities[1].agency=VDAB",
            "diplomatics.led.capacities[1].purpose=enrolment",
            "diplomatics.led.capacities[1].categories=Secundair onderwijs",
            "diplomatics.led.capacities[2].code=short",
            "diplomatics.led.capacities[2].agency=VDAB",
            "diplomatics.led.capacities[2].purpose=job-mediation",
            "diplomatics.led.capacities[2].fields=finality");

    private final QueryFixture fixture = service.fixture();
    private final RunningQuery query = service.query();
    private final SoapClient client = new SoapClient(query.base(), "X-Caller", "agency:VDAB");

    @BeforeEach
    void schemasAreThere() {
        assumeTrue(OriginalSchemas.directory().isPresent(), "the LED's schemas lie in ../shared, which is absent here");
    }

    private void published(Registered registered) {
        fixture.relay().publishAll();
        Deliveries.awaitProjected(query, registered.place().position());
    }

    private Reply ask(Insz insz, String capacity) {
        Reply reply = client.post(PATH, SoapClient.geefBewijs(insz.digits(), capacity));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).startsWith("text/xml");
        reply.valid(LedService.GEEF_BEWIJS);
        return reply;
    }

    private JsonNode newestRow() throws Exception {
        try (Connection log = fixture.superuser(Database.ACCESSLOG);
                Statement statement = log.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, subject, sealed, seal_key FROM accesslog.entry ORDER BY at DESC LIMIT 1")) {
            row.next();
            return JsonMapper.shared()
                    .readTree(new AccessSeal(fixture.keyring())
                            .open(row.getObject(1, UUID.class), row.getInt(4), row.getBytes(2), row.getBytes(3)));
        }
    }

    @Test
    void whatIsRegisteredIsAnsweredInTheLedsOwnElementsAndLoggedAsAnyConsultation() throws Exception {
        Insz insz = Deliveries.person();
        Registered registered = fixture.registry().register(insz);
        published(registered);

        Reply reply = ask(insz, "a1300");

        assertThat(reply.texts("Bewijsreferte").getFirst())
                .isEqualTo(registered.reference().toString());
        assertThat(reply.texts("INSZ")).containsExactly(insz.digits());
        assertThat(reply.texts("Jaar")).containsExactly("2019");
        assertThat(reply.texts("Dag")).containsExactly("28");
        assertThat(reply.texts("Referte")).contains("message-1", "case-17");
        // the test's references are longer than the LED has room for
        assertThat(reply.exceptions()).containsExactly("75002");
        JsonNode row = newestRow();
        assertThat(row.path("caller").asString()).isEqualTo("AGENCY:VDAB");
        assertThat(row.path("purpose").asString()).isEqualTo("job-mediation");
        assertThat(row.path("case").asString()).isEqualTo("case-17");
        assertThat(row.path("endUser").asString()).isEqualTo("test.example/client");
        assertThat(row.path("outcome").asString()).isEqualTo("FOUND");
        assertThat(row.path("disclosed").path(0).path("reference").asString())
                .isEqualTo(registered.reference().toString());
    }

    @Test
    void aSupplierIsNamedAsTheControllerSaysAndByItsIdWhileThatDoesNotOpen() {
        Insz insz = Deliveries.person();
        published(fixture.registry().register(insz));
        assertThat(ask(insz, "a1300").texts("Naam")).contains("KUL").doesNotContain("K.U.Leuven");

        fixture.registry().admit(new SupplierTerms("KUL", "K.U.Leuven", false));
        Deliveries.eventually().until(() -> ask(insz, "a1300").texts("Naam").contains("K.U.Leuven"));

        long change = fixture.registry()
                .admit(new SupplierTerms("KUL", "Leuven", false))
                .position();
        flip(change);
        Deliveries.eventually().until(() -> ask(insz, "a1300").texts("Naam").contains("KUL"));
        flip(change);
        Deliveries.eventually().until(() -> ask(insz, "a1300").texts("Naam").contains("Leuven"));
    }

    /** One bit, so that it opens no longer; or again. */
    private void flip(long position) {
        fixture.tamper(
                Database.EVENTSTORE,
                "UPDATE eventstore.ciphertext_1 SET ciphertext = set_byte(ciphertext, 60, get_byte(ciphertext, 60) # 1)"
                        + " WHERE position = " + position);
    }

    @Test
    void anAnnulledRecordIsAnsweredWithStatus10AndTheReferenceOfItsLatestVersion() {
        Insz insz = Deliveries.person();
        Registered registered = fixture.registry().register(insz);
        published(fixture.registry().annul(registered.reference()));

        Reply reply = ask(insz, "a1300");

        assertThat(reply.texts("Code").getFirst()).isEqualTo("10");
        assertThat(reply.texts("Bewijsmutatiereferte"))
                .containsExactly(registered.reference().toString().replace("-", "") + "-2");
    }

    @Test
    void everySamplePersonGetsAsManyRecordsAsTheSampleHas() throws Exception {
        Path directory = OriginalSchemas.directory().orElseThrow().resolve("samples/GeefBewijs");
        Map<String, List<LedRecord>> byFile =
                LedSamples.read(directory).stream().collect(Collectors.groupingBy(LedRecord::file));
        Registered last = fixture.registry().register(Deliveries.person());
        for (var entry : byFile.entrySet()) {
            Insz insz = new Insz(entry.getKey().substring(0, 11));
            for (LedRecord record : entry.getValue()) {
                last = fixture.registry()
                        .register(
                                insz, record.read(Examples.LEGACY).orElseThrow().basis());
            }
        }
        published(last);
        String request = Files.readString(directory.resolve("request.xml"));
        for (var entry : byFile.entrySet()) {
            Reply reply = client.post(
                    PATH, request.replace("99610100179", entry.getKey().substring(0, 11)));
            reply.valid(LedService.GEEF_BEWIJS);
            assertThat(reply.texts("BewijsrefertesLed")).as(entry.getKey()).hasSameSizeAs(entry.getValue());
        }
        Reply nothing = client.post(PATH, request);
        nothing.valid(LedService.GEEF_BEWIJS);
        assertThat(nothing.exceptions()).containsExactly("40000");
        assertThat(nothing.texts("Omstandigheid")).containsExactly("INSZnummer");
    }

    @Test
    void noMoreThan99RecordsAreAnsweredThoseInForceFirstAndTheRestIsSaid() throws Exception {
        Insz insz = Deliveries.person();
        Registered last = fixture.registry().register(insz);
        fixture.registry().annul(last.reference());
        for (int i = 0; i < 100; i++) {
            last = fixture.registry().register(insz);
        }
        published(last);

        Reply reply = ask(insz, "a1300");

        assertThat(reply.texts("BewijsrefertesLed")).hasSize(99);
        assertThat(reply.exceptions()).containsExactly("75001", "75002");
        assertThat(reply.texts("Type")).contains("WAARSCHUWING");
        assertThat(newestRow().path("disclosed").size()).isEqualTo(99);
    }

    @Test
    void aCapacityThatSeesOtherCategoriesGets15021AndTheLogSaysThatNothingWasDisclosed() throws Exception {
        Insz insz = Deliveries.person();
        published(fixture.registry().register(insz));

        assertThat(ask(insz, "schools").exceptions()).containsExactly("15021");

        assertThat(newestRow().path("outcome").asString()).isEqualTo("FILTERED");
        assertThat(newestRow().path("disclosed").size()).isZero();
    }

    @Test
    void aCapacityIsAnsweredTheFieldsItIsEntitledTo() {
        Insz insz = Deliveries.person();
        published(fixture.registry().register(insz));
        assertThat(ask(insz, "a1300").texts("Studierichting")).hasSize(1);
        assertThat(ask(insz, "short").texts("Studierichting")).isEmpty();
    }

    @Test
    void aCapacityThatIsNotTheAskersGets13202AndTheRefusalIsLogged() throws Exception {
        Insz insz = Deliveries.person();
        assertThat(ask(insz, "unheard-of").exceptions()).containsExactly("13202");
        assertThat(newestRow().path("outcome").asString()).isEqualTo("PURPOSE_REQUIRED");

        SoapClient other = new SoapClient(query.base(), "X-Caller", "agency:ELSEWHERE");
        assertThat(other.post(PATH, SoapClient.geefBewijs(insz.digits(), "a1300"))
                        .exceptions())
                .containsExactly("13202");
    }

    @Test
    void aWrongNumberIsSaidByItsCodeWithoutTheNumber() {
        Reply reply = client.post(PATH, SoapClient.geefBewijs("99610100100", "a1300"));
        reply.valid(LedService.GEEF_BEWIJS);
        assertThat(reply.exceptions()).containsExactly("72002");
        assertThat(reply.texts("Waarde")).containsExactly("INSZ_CHECKSUM");
        assertThat(reply.text()).doesNotContain("99610100100");
    }

    @Test
    void whatBreaksTheSchemaIsAnsweredWithItsPlaceAndNotItsValue() {
        Reply reply = client.post(PATH, SoapClient.geefBewijs("jan-janssens", "a1300"));
        reply.valid(LedService.GEEF_BEWIJS);
        assertThat(reply.exceptions()).containsExactly("71000");
        assertThat(reply.texts("Omstandigheid")).containsExactly("GeefBewijs/Verzoek/Vragen/Vraag/Inhoud/INSZ");
        assertThat(reply.text()).doesNotContain("janssens");
    }

    @Test
    void anotherVersionIsRefused() {
        String newer = SoapClient.geefBewijs("99610100179", "a1300").replace("02.00.0000", "03.00.0000");
        assertThat(client.post(PATH, newer).exceptions()).containsExactly("71002");
    }

    @Test
    void nobodyIsAnsweredWhoDoesNotSayWhoTheyAre() {
        Reply reply = new SoapClient(query.base()).post(PATH, SoapClient.geefBewijs("99610100179", "a1300"));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.faultCode()).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void theContractIsServedToEverybody() {
        SoapClient anybody = new SoapClient(query.base());
        Reply wsdl = anybody.get(PATH + "?wsdl");
        assertThat(wsdl.status()).isEqualTo(200);
        assertThat(wsdl.text())
                .contains("GeefBewijsPortType", query.base() + PATH, "schemas/GeefBewijs.xsd")
                .doesNotContain("RegistreerBewijs");
        assertThat(anybody.get("/led/schemas/GeefBewijs.xsd").text()).contains("GeefBewijsResponse");
        assertThat(anybody.get("/led/schemas/Bewijs.xsd").status()).isEqualTo(200);
        assertThat(anybody.get("/led/schemas/../application.yml").status()).isNotEqualTo(200);
        assertThat(anybody.get(PATH).status()).isEqualTo(405);
    }

    @Test
    void whereNoMoreQuestionsAreTakenAtOnceTheAnswerIs99996() {
        try (RunningQuery busy = fixture.start("diplomatics.led.at-once=0")) {
            Reply reply = new SoapClient(busy.base(), "X-Caller", "agency:VDAB")
                    .post(PATH, SoapClient.geefBewijs("99610100179", "a1300"));
            reply.valid(LedService.GEEF_BEWIJS);
            assertThat(reply.exceptions()).containsExactly("99996");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void withoutKeysTheAnswerIs90000() {
        fixture.stopCustodian();
        Reply reply = ask(Deliveries.person(), "a1300");
        assertThat(reply.exceptions()).containsExactly("90000");
        assertThat(reply.texts("Waarde")).containsExactly("KEYS_UNAVAILABLE");
    }
}
