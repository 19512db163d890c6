package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.qualification.Person;
import eu.diplomatics.receipt.ReceiptVerifier;
import eu.diplomatics.registry.Client.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who somebody is, over time: numbers linked later, replaced, and links undone (L10). */
class IdentityTest {
    private static final String LINKS = "/v1/holders/links";
    private static final String REPLACEMENTS = "/v1/holders/replacements";
    private static final AtomicInteger PEOPLE = new AtomicInteger(20_000);

    private final RegistryFixture registry = RegistryFixture.shared();
    private final Client supplier = registry.client();
    private final Client controller = supplier.as("controller:steering");
    private final OpenApi api = new OpenApi(supplier);

    private static String somebody() {
        return Samples.insz(PEOPLE.getAndIncrement());
    }

    private String registered(String insz) {
        return reference(supplier.post("/v1/qualifications", Samples.registration(Samples.reference(), insz)));
    }

    private String registeredLocally(String localNumber) {
        return reference(supplier.post(
                "/v1/qualifications", Samples.withoutNumber(Samples.reference(), localNumber, "Ní Bhriain")));
    }

    private static String reference(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("reference").asString();
    }

    private static String byLocalNumber(String localNumber, String insz) {
        return """
                {"localNumber":"%s","insz":"%s","reasonCode":"LATE","reason":"number received"}""".formatted(localNumber, insz);
    }

    private static String byReference(String reference, String insz) {
        return """
                {"reference":"%s","insz":"%s","reasonCode":"LATE","reason":"number received"}""".formatted(reference, insz);
    }

    private Answer link(Client as, String body) {
        return api.check("POST", LINKS, as.post(LINKS, body));
    }

    private Answer replace(String oldInsz, String newInsz) {
        return api.check("POST", REPLACEMENTS, controller.post(REPLACEMENTS, replacement(oldInsz, newInsz)));
    }

    private static String replacement(String oldInsz, String newInsz) {
        return """
                {"oldInsz":"%s","newInsz":"%s","reasonCode":"REPLACED","reason":"new number"}""".formatted(oldInsz, newInsz);
    }

    private Answer undo(Client as, String link) {
        return api.check("POST", LINKS + "/{id}/undo", as.post(LINKS + "/" + link + "/undo", Samples.reason("WRONG")));
    }

    private static String id(Answer answer) {
        return answer.json().path("id").asString();
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void a_number_that_comes_later_is_linked_once_with_a_receipt() {
        String local = UUID.randomUUID().toString();
        String reference = registeredLocally(local);
        String insz = somebody();
        api.fits("NumberLink", byLocalNumber(local, insz));
        api.fits("NumberLink", byReference(reference, insz));

        Answer linked = link(supplier, byLocalNumber(local, insz));
        assertThat(linked.status()).as(linked.text()).isEqualTo(201);
        assertThat(linked.json().path("kind").asString()).isEqualTo("NUMBER_LINKED");
        String receipt = linked.json().path("receipt").toString();
        Answer keys = supplier.get("/v1/receipt-keys");
        assertThat(ReceiptVerifier.ofJson(keys.text()).verify(receipt)).isEqualTo(ReceiptVerifier.Result.VALID);
        assertThat(linked.text()).doesNotContain(insz).doesNotContain(local);

        Answer again = link(controller, byReference(reference, insz));
        assertThat(again.status()).as("the same link, named otherwise (L03)").isEqualTo(200);
        assertThat(again.json()).isEqualTo(linked.json());
    }

    @Test
    void a_person_has_one_number_unless_it_was_replaced() {
        String local = UUID.randomUUID().toString();
        registeredLocally(local);
        String first = somebody();
        String second = somebody();
        registered(second);
        link(supplier, byLocalNumber(local, first));
        refused(link(supplier, byLocalNumber(local, second)), 409, "LINK_CONFLICT");

        assertThat(replace(first, second).status()).isEqualTo(201);
        assertThat(replace(first, second).status()).as("again").isEqualTo(200);
        assertThat(link(supplier, byLocalNumber(local, second)).status())
                .as("one person by now")
                .isEqualTo(200);
        String third = somebody();
        refused(replace(first, third), 409, "LINK_CONFLICT");
        refused(replace(second, first), 409, "LINK_CONFLICT");
        assertThat(replace(second, third).status()).isEqualTo(201);
        refused(replace(third, first), 409, "LINK_CONFLICT");
        refused(replace(third, third), 409, "LINK_CONFLICT");
        refused(replace(somebody(), somebody()), 404, "UNKNOWN_HOLDER");
    }

    @Test
    void a_wrong_link_is_undone_once_and_the_right_one_made() {
        String local = UUID.randomUUID().toString();
        registeredLocally(local);
        String wrong = somebody();
        String link = id(link(supplier, byLocalNumber(local, wrong)));
        Answer undone = undo(supplier, link);
        assertThat(undone.status()).as(undone.text()).isEqualTo(200);
        assertThat(undone.json().path("state").asString()).isEqualTo("UNDONE");
        assertThat(undo(supplier, link).json()).as("again (L03)").isEqualTo(undone.json());
        Answer right = link(supplier, byLocalNumber(local, somebody()));
        assertThat(right.status()).isEqualTo(201);
        assertThat(id(right)).isNotEqualTo(link);
        assertThat(undo(supplier, link).json()).isEqualTo(undone.json());
        refused(undo(supplier, UUID.randomUUID().toString()), 404, "UNKNOWN_REFERENCE");
        refused(undo(supplier, registered(somebody())), 404, "UNKNOWN_REFERENCE");
    }

    @Test
    void a_supplier_links_its_own_local_numbers_and_learns_of_no_others() {
        String local = UUID.randomUUID().toString();
        String reference = registeredLocally(local);
        String insz = somebody();
        Client other = supplier.as("supplier:hoger-onderwijs");
        refused(link(other, byLocalNumber(local, insz)), 404, "UNKNOWN_HOLDER");
        refused(
                link(other, byLocalNumber(local, insz).replace("{\"local", "{\"supplier\":\"kuleuven\",\"local")),
                404,
                "UNKNOWN_HOLDER");
        refused(link(other, byReference(reference, insz)), 404, "UNKNOWN_REFERENCE");
        refused(link(supplier.as("agency:VDAB"), byReference(reference, insz)), 403, "NOT_ALLOWED");
        refused(
                api.check("POST", REPLACEMENTS, supplier.post(REPLACEMENTS, replacement(insz, somebody()))),
                403,
                "NOT_ALLOWED");
        refused(link(controller, byLocalNumber(local, insz)), 422, "FIELD_REQUIRED");
        String link = id(
                link(controller, byLocalNumber(local, insz).replace("{\"local", "{\"supplier\":\"kuleuven\",\"local")));
        refused(undo(other, link), 404, "UNKNOWN_REFERENCE");
        refused(link(supplier, byReference(registered(somebody()), somebody())), 409, "LINK_CONFLICT");
    }

    @Test
    void no_part_of_a_number_is_repeated_when_a_request_is_wrong() {
        String local = UUID.randomUUID().toString();
        registeredLocally(local);
        String wrong = "90610100100";
        for (Answer refused : List.of(
                link(supplier, byLocalNumber(local, wrong)),
                link(supplier, byLocalNumber(local, somebody()).replace("}", ",\"reference\":\"" + wrong + "\"}")),
                replace(wrong, wrong),
                link(supplier, byLocalNumber(local, somebody()).replace("}", ",\"extra\":\"" + wrong + "\"}")))) {
            assertThat(refused.status()).isBetween(400, 422);
            assertThat(refused.text()).doesNotContain(wrong).doesNotContain(local);
        }
    }

    @Test
    void an_idempotency_key_stands_for_one_link_also_after_it_was_undone() {
        String local = UUID.randomUUID().toString();
        registeredLocally(local);
        String insz = somebody();
        Client keyed = supplier.with("Idempotency-Key", UUID.randomUUID().toString());
        Answer first = link(keyed, byLocalNumber(local, insz));
        undo(supplier, id(first));
        assertThat(link(keyed, byLocalNumber(local, insz)).json())
                .as("a copy that comes late links nobody again")
                .isEqualTo(first.json());
        refused(link(keyed, byLocalNumber(local, somebody())), 409, "IDEMPOTENCY_CONFLICT");
        assertThat(link(supplier, byLocalNumber(local, insz)).status()).isEqualTo(201);
    }

    @Test
    void of_links_that_contradict_each_other_one_wins_however_many_come_at_once() throws Exception {
        String local = UUID.randomUUID().toString();
        registeredLocally(local);
        int threads = 8;
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < threads / 2; i++) {
            numbers.add(somebody());
        }
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String insz = numbers.get(i % numbers.size());
                answers.add(executor.submit(() -> {
                    start.await();
                    return link(supplier, byLocalNumber(local, insz));
                }));
            }
            for (Future<Answer> answer : answers) {
                statuses.add(answer.get().status());
            }
        }
        assertThat(statuses.stream().filter(status -> status == 201)).hasSize(1);
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(1);
        assertThat(statuses.stream().filter(status -> status == 409)).hasSize(threads - 2);
    }

    /** The two links have no end in common: that they are one too many shows in the whole person only. */
    @Test
    void links_that_come_at_once_do_not_make_a_person_larger_than_any() throws Exception {
        String old = somebody();
        String current = somebody();
        registered(old);
        assertThat(replace(old, current).status()).isEqualTo(201);
        for (int i = 0; i < Person.MAX_HOLDERS - 3; i++) {
            String local = UUID.randomUUID().toString();
            registeredLocally(local);
            assertThat(link(supplier, byLocalNumber(local, current)).status()).isEqualTo(201);
        }
        Map<String, String> both =
                Map.of(UUID.randomUUID().toString(), old, UUID.randomUUID().toString(), current);
        both.keySet().forEach(this::registeredLocally);
        for (int round = 0; round < 5; round++) {
            CyclicBarrier start = new CyclicBarrier(both.size());
            List<Answer> answers = new ArrayList<>();
            try (ExecutorService executor = Executors.newFixedThreadPool(both.size())) {
                List<Future<Answer>> asked = new ArrayList<>();
                both.forEach((local, insz) -> asked.add(executor.submit(() -> {
                    start.await();
                    return link(supplier, byLocalNumber(local, insz));
                })));
                for (Future<Answer> answer : asked) {
                    answers.add(answer.get());
                }
            }
            assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(201, 409);
            answers.stream()
                    .filter(answer -> answer.status() == 201)
                    .forEach(linked ->
                            assertThat(undo(supplier, id(linked)).status()).isEqualTo(200));
        }
    }

    private Answer move(Client as, String reference, String holder) {
        String path = "/v1/qualifications/" + reference + "/holder";
        return api.check("POST", "/v1/qualifications/{reference}/holder", as.post(path, """
                {"holder":%s,"reasonCode":"WRONG_PERSON","reason":"two cousins"}""".formatted(holder)));
    }

    private static String byNumber(String insz) {
        return "{\"insz\":\"" + insz + "\"}";
    }

    @Test
    void a_qualification_under_the_wrong_person_is_moved_under_its_own_reference() {
        String supplierReference = Samples.reference();
        String wrong = somebody();
        String right = somebody();
        String body = Samples.registration(supplierReference, wrong);
        String reference = reference(supplier.post("/v1/qualifications", body));

        Answer moved = move(supplier, reference, byNumber(right));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(moved.header("ETag")).isEqualTo("\"2\"");
        assertThat(moved.json().path("reference").asString()).isEqualTo(reference);
        assertThat(move(controller, reference, byNumber(right)).json())
                .as("again (L03)")
                .isEqualTo(moved.json());

        assertThat(supplier.post("/v1/qualifications", Samples.registration(supplierReference, right))
                        .status())
                .as("registered again as it is now")
                .isEqualTo(200);
        refused(supplier.post("/v1/qualifications", body), 409, "REFERENCE_CONFLICT");
        Answer corrected = supplier.with("If-Match", "\"2\"")
                .put("/v1/qualifications/" + reference, Samples.correction("Another name"));
        assertThat(corrected.status()).as(corrected.text()).isEqualTo(200);
        assertThat(move(supplier, reference, byNumber(wrong)).header("ETag"))
                .as("and back")
                .isEqualTo("\"4\"");
    }

    @Test
    void a_move_is_for_those_who_registered_and_for_the_controller() {
        String reference = registered(somebody());
        refused(
                move(supplier.as("supplier:hoger-onderwijs"), reference, byNumber(somebody())),
                404,
                "UNKNOWN_REFERENCE");
        refused(move(supplier.as("agency:VDAB"), reference, byNumber(somebody())), 403, "NOT_ALLOWED");
        refused(move(supplier, UUID.randomUUID().toString(), byNumber(somebody())), 404, "UNKNOWN_REFERENCE");
        String local = UUID.randomUUID().toString();
        String named = """
                {"familyName":"Ní Bhriain","givenNames":"Aoife Máire","birthDate":"1988-02","localNumber":"%s"}""".formatted(local);
        refused(move(controller, reference, named), 404, "UNKNOWN_HOLDER");
        assertThat(move(supplier, reference, named).status()).isEqualTo(200);
        refused(move(supplier, registered(somebody()), named.replace("Aoife", "Niamh")), 409, "REFERENCE_CONFLICT");
        assertThat(link(supplier, byLocalNumber(local, somebody())).status())
                .as("a holder that came with a move is linked as any other")
                .isEqualTo(201);
    }

    @Test
    void a_local_number_of_a_registration_that_was_refused_is_nobodys_to_the_controller() {
        String reference = registered(somebody());
        String taken = Samples.reference();
        reference(supplier.post("/v1/qualifications", Samples.registration(taken, somebody())));
        String local = UUID.randomUUID().toString();
        refused(
                supplier.post("/v1/qualifications", Samples.withoutNumber(taken, local, "Ní Bhriain")),
                409,
                "REFERENCE_CONFLICT");
        String named = """
                {"familyName":"Ní Bhriain","givenNames":"Aoife Máire","birthDate":"1988-02","localNumber":"%s"}""".formatted(local);
        refused(move(controller, reference, named), 404, "UNKNOWN_HOLDER");
        assertThat(move(supplier, reference, named).status())
                .as("the supplier states who it is")
                .isEqualTo(200);
    }

    private Answer candidates(Client as, String familyName, String givenNames, String birthDate) {
        String path = "/v1/holders/candidates";
        return api.check("POST", path, as.post(path, """
                {"familyName":"%s","givenNames":"%s","birthDate":"%s","reasonCode":"LINK","reason":"a request to link"}""".formatted(familyName, givenNames, birthDate)));
    }

    @Test
    void the_controller_finds_candidates_for_a_link_by_name_and_birth_date_and_only_the_controller() {
        String local = UUID.randomUUID().toString();
        String family = "Ó Séaghdha-" + local.substring(0, 4);
        String reference = reference(
                supplier.post("/v1/qualifications", Samples.withoutNumber(Samples.reference(), local, family)));
        long before = registry.bean(EventReader.class).head().position();

        Answer found = candidates(controller, family.toUpperCase(Locale.ROOT).replace("-", " "), "AOIFE", "1988-02-17");
        assertThat(found.status()).as(found.text()).isEqualTo(200);
        assertThat(found.json().path("candidates").size()).isEqualTo(1);
        assertThat(found.json()
                        .path("candidates")
                        .path(0)
                        .path("references")
                        .path(0)
                        .asString())
                .isEqualTo(reference);
        assertThat(found.text())
                .as("no word about anybody")
                .doesNotContain("aghdha")
                .doesNotContain(local);
        assertThat(registry.bean(EventReader.class).after(before, 10))
                .as("that somebody looked is in the log")
                .anyMatch(event -> event.context().type().equals("HoldersSought"));

        assertThat(candidates(controller, family, "Aoife", "1988-03")
                        .json()
                        .path("candidates")
                        .size())
                .isZero();
        assertThat(candidates(controller, "Somebody Else", "Aoife", "1988-02")
                        .json()
                        .path("candidates")
                        .size())
                .isZero();
        refused(candidates(supplier, family, "Aoife", "1988-02"), 403, "NOT_ALLOWED");
        refused(candidates(supplier.as("agency:VDAB"), family, "Aoife", "1988-02"), 403, "NOT_ALLOWED");
        refused(candidates(controller, "", "Aoife", "1988-02"), 422, "FIELD_REQUIRED");
        assertThat(link(controller, byReference(reference, somebody())).status())
                .isEqualTo(201);
        assertThat(candidates(controller, family, "Aoife", "1988-02")
                        .json()
                        .path("candidates")
                        .path(0)
                        .path("linked")
                        .asBoolean())
                .isTrue();
    }
}
