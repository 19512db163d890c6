package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.registry.Client.Answer;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** R04: the controller keeps who registers for which institution; a change holds, and what was known when can be asked. */
class SupplierApiTest {
    private static final String SUPPLIERS = "/v1/suppliers";
    private static final String INSTITUTIONS = "/v1/institutions";
    /** In no file. */
    private static final AtomicInteger NUMBERS = new AtomicInteger(700_001);

    private final RegistryFixture fixture = RegistryFixture.shared();
    private final Client controller = fixture.client().as("controller:led");
    private final OpenApi openApi = new OpenApi(fixture.client());
    private final String id = "academy-" + UUID.randomUUID();
    private final String number = Integer.toString(NUMBERS.getAndIncrement());

    private Answer admit(String name, String... ifMatch) {
        Client client = ifMatch.length == 0 ? controller : controller.with("If-Match", ifMatch[0]);
        return openApi.check(
                "PUT",
                SUPPLIERS + "/{id}",
                client.put(SUPPLIERS + "/" + id, "{\"name\":\"%s\",\"reason\":\"founded\"}".formatted(name)));
    }

    private Answer list(String suppliers, String... ifMatch) {
        Client client = ifMatch.length == 0 ? controller : controller.with("If-Match", ifMatch[0]);
        return openApi.check(
                "PUT", INSTITUTIONS + "/{number}", client.put(INSTITUTIONS + "/" + number, """
                        {"name":"New Academy","type":"Universiteit","municipality":"Leuven","suppliers":[%s],
                         "reason":"founded"}""".formatted(suppliers)));
    }

    private Answer withdraw(String supplier) {
        return openApi.check(
                "POST",
                SUPPLIERS + "/{id}/withdrawal",
                controller.post(
                        SUPPLIERS + "/" + supplier + "/withdrawal",
                        "{\"reasonCode\":\"CLOSED\",\"reason\":\"merged with another\"}"));
    }

    private Answer register() {
        return registerAs(id, number);
    }

    private Answer registerAs(String supplier, String institution) {
        String body =
                Samples.registration(Samples.reference(), Samples.insz(71_001)).replace("110131", institution);
        return openApi.check(
                "POST",
                "/v1/qualifications",
                fixture.client().as("supplier:" + supplier).post("/v1/qualifications", body));
    }

    @Test
    void whoIsAdmittedRegistersForWhatListsItUntilItIsWithdrawn() {
        assertThat(register().status()).as("nobody knows it").isEqualTo(401);
        Answer admitted = admit("New Academy");
        assertThat(admitted.status()).as(admitted.text()).isEqualTo(201);
        assertThat(admitted.header("ETag")).isEqualTo("\"1\"");
        assertThat(admitted.json().path("by").asString()).isEqualTo("controller:led");
        assertThat(register().code()).isEqualTo("NOT_YOUR_INSTITUTION");
        assertThat(list("\"" + id + "\"").status()).isEqualTo(201);
        Answer registered = register();
        assertThat(registered.status()).as(registered.text()).isEqualTo(201);
        assertThat(withdraw(id).json().path("state").asString()).isEqualTo("WITHDRAWN");
        assertThat(withdraw(id).header("ETag")).as("again").isEqualTo("\"2\"");
        assertThat(register().status()).isEqualTo(403);
        assertThat(register().code()).isEqualTo("SUPPLIER_WITHDRAWN");
        assertThat(fixture.client()
                        .as("supplier:" + id)
                        .post(registered.header("Location") + "/annulment", Samples.reason("ISSUED_IN_ERROR"))
                        .code())
                .isEqualTo("SUPPLIER_WITHDRAWN");

        JsonNode versions = openApi.check(
                        "GET", SUPPLIERS + "/{id}/history", controller.get(SUPPLIERS + "/" + id + "/history"))
                .json()
                .path("versions");
        assertThat(versions.size()).isEqualTo(2);
        assertThat(versions.path(1).path("withdrawal").asString()).isEqualTo("CLOSED");
        assertThat(admit("New Academy", "\"2\"").header("ETag")).isEqualTo("\"3\"");
        assertThat(register().status()).as("admitted again").isEqualTo(201);
    }

    @Test
    void whoStandsInTheFileOnlyIsWithdrawnAndAdmittedAgainAsWell() {
        assertThat(registerAs("hzs", "920013").status()).isEqualTo(201);
        Answer withdrawn = withdraw("hzs");
        assertThat(withdrawn.status()).as(withdrawn.text()).isEqualTo(200);
        assertThat(withdrawn.header("ETag")).isEqualTo("\"1\"");
        assertThat(withdrawn.json().path("name").asString()).isEqualTo("Hogere Zeevaartschool");
        assertThat(registerAs("hzs", "920013").code()).isEqualTo("SUPPLIER_WITHDRAWN");
        Answer again = controller
                .with("If-Match", "\"1\"")
                .put(SUPPLIERS + "/hzs", "{\"name\":\"Hogere Zeevaartschool\",\"reason\":\"by mistake\"}");
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(registerAs("hzs", "920013").status()).isEqualTo(201);
    }

    @Test
    void whatWasChangedHoldsAfterARestartToo() {
        try (RegistryFixture own = RegistryFixture.prepared().start()) {
            String why = "{\"reasonCode\":\"CLOSED\",\"reason\":\"merged with another\"}";
            assertThat(own.client()
                            .as("controller:led")
                            .post(SUPPLIERS + "/kuleuven/withdrawal", why)
                            .status())
                    .isEqualTo(200);
            own.stop();
            own.start();
            String body = Samples.registration(Samples.reference(), Samples.insz(71_001));
            assertThat(own.client().post("/v1/qualifications", body).code()).isEqualTo("SUPPLIER_WITHDRAWN");
        }
    }

    @Test
    void whatOnlyTheFileSaysIsVersionNought() {
        Answer file = openApi.check("GET", SUPPLIERS + "/{id}", controller.get(SUPPLIERS + "/kuleuven"));
        assertThat(file.json().path("version").asInt()).isZero();
        assertThat(file.json().has("by")).isFalse();
        JsonNode of = openApi.check("GET", INSTITUTIONS + "/{number}", controller.get(INSTITUTIONS + "/110131"))
                .json();
        assertThat(of.path("suppliers").toString()).contains("kuleuven");
        assertThat(openApi.check(
                                "GET",
                                INSTITUTIONS + "/{number}/history",
                                controller.get(INSTITUTIONS + "/110131/history"))
                        .json()
                        .path("versions"))
                .isEmpty();
    }

    @Test
    void theStateAtAPastMomentCanBeAsked() {
        String then = admit("New Academy").json().path("recordedAt").asString();
        admit("Newer Academy", "\"1\"");
        list("");
        assertThat(named(controller.get(SUPPLIERS + "?asOf=" + then))).isEqualTo("New Academy");
        assertThat(named(openApi.check("GET", SUPPLIERS, controller.get(SUPPLIERS))))
                .isEqualTo("Newer Academy");
        assertThat(named(controller.get(SUPPLIERS + "?asOf=2020-01-01T00:00:00Z")))
                .isEmpty();
        assertThat(openApi.check("GET", INSTITUTIONS, controller.get(INSTITUTIONS))
                        .text())
                .contains(number);
        assertThat(controller.get(INSTITUTIONS + "?asOf=" + then).text()).doesNotContain(number);
    }

    private String named(Answer all) {
        for (JsonNode each : all.json().path("suppliers")) {
            if (each.path("id").asString().equals(id)) {
                return each.path("name").asString();
            }
        }
        return "";
    }

    @Test
    void aChangeBuildsOnTheVersionItsAuthorHasSeen() {
        assertThat(admit("New Academy", "\"1\"").code()).isEqualTo("VERSION_STALE");
        admit("New Academy");
        assertThat(admit("Newer Academy").code()).isEqualTo("VERSION_REQUIRED");
        assertThat(admit("Newer Academy", "\"2\"").code()).isEqualTo("VERSION_STALE");
        assertThat(admit("New Academy").status()).as("the same again").isEqualTo(200);
        assertThat(list("\"" + id + "\"").status()).isEqualTo(201);
        assertThat(list("").code()).isEqualTo("VERSION_REQUIRED");
        assertThat(list("", "\"1\"").header("ETag")).isEqualTo("\"2\"");
    }

    @Test
    void whatTheFileSaysIsBuiltOnAsVersionNought() {
        assertThat(admit("New Academy", "\"0\"").code()).as("in no file").isEqualTo("VERSION_STALE");
        String file = INSTITUTIONS + "/920101";
        assertThat(controller.get(file).header("ETag")).isEqualTo("\"0\"");
        Client onNought = controller.with("If-Match", "\"0\"");
        String body = """
                {"name":"Vlerick","type":"Instelling voor postinitieel onderwijs","suppliers":[],"reason":"a new name"}""";
        assertThat(onNought.put(file, body).status()).isEqualTo(201);
        assertThat(onNought.put(file, body.replace("Vlerick", "Another")).code())
                .isEqualTo("VERSION_STALE");
    }

    @Test
    void whatIsWrongOrUnknownIsRefused() {
        assertThat(admit("").code()).isEqualTo("FIELD_REQUIRED");
        assertThat(controller
                        .put(SUPPLIERS + "/Upper_Case", "{\"name\":\"x\",\"reason\":\"y\"}")
                        .code())
                .isEqualTo("MALFORMED");
        assertThat(controller
                        .put(INSTITUTIONS + "/1234567", "{\"name\":\"x\",\"type\":\"Universiteit\",\"reason\":\"y\"}")
                        .code())
                .isEqualTo("MALFORMED");
        Answer kind =
                controller.put(INSTITUTIONS + "/" + number, "{\"name\":\"x\",\"type\":\"Universe\",\"reason\":\"y\"}");
        assertThat(kind.code()).isEqualTo("VALUE_NOT_IN_TAXONOMY");
        assertThat(kind.json().at("/errors/0/pointer").asString()).isEqualTo("/type");
        Answer nobody = list("\"nobody-of-this-name\"");
        assertThat(nobody.code()).isEqualTo("MALFORMED");
        assertThat(nobody.json().at("/errors/0/pointer").asString()).isEqualTo("/suppliers");
        assertThat(withdraw(id).code()).isEqualTo("UNKNOWN_REFERENCE");
        assertThat(controller
                        .post(
                                SUPPLIERS + "/Hoger%20onderwijs/withdrawal",
                                "{\"reasonCode\":\"CLOSED\",\"reason\":\"by its name\"}")
                        .code())
                .isEqualTo("UNKNOWN_REFERENCE");
        assertThat(controller.get(SUPPLIERS + "/" + id + "/history").status()).isEqualTo(404);
        assertThat(controller.get(INSTITUTIONS + "/" + number).status()).isEqualTo(404);
        assertThat(controller.get(SUPPLIERS + "?asOf=yesterday").code()).isEqualTo("MALFORMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"supplier:kuleuven", "agency:vdab", "citizen:90722501082"})
    void nobodyElseKeepsThem(String caller) {
        Client other = fixture.client().as(caller);
        assertThat(other.put(SUPPLIERS + "/" + id, "{\"name\":\"x\",\"reason\":\"y\"}")
                        .status())
                .isEqualTo(403);
        assertThat(other.get(SUPPLIERS).status()).isEqualTo(403);
        assertThat(other.get(INSTITUTIONS).status()).isEqualTo(403);
    }
}
