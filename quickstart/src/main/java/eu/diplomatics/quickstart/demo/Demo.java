package eu.diplomatics.quickstart.demo;

import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.demo.Conversation.Answer;
import eu.diplomatics.receipt.ReceiptVerifier;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Register, correct, annul, reinstate, a batch with bad rows, consult, history, as-of. */
public final class Demo {
    private static final Duration BATCH_LIMIT = Duration.ofSeconds(60);
    private static final String SUPPLIER = "supplier:kuleuven";
    private static final String FULL_NAME = "Master of Science in de sociologie";
    private static final String CORRECTED_NAME = "Master of Science in de sociologie: beleid en samenleving";

    private final Conversation talk;
    private final String qualifications;
    private final String receiptKeys;
    private final String batches;
    private final String query;
    private final String insz = DemoData.insz();
    private final String supplierReference = "demo-" + UUID.randomUUID();
    private String reference = "";
    private long position;

    public Demo(Callers callers, PrintStream out, String registryUrl, String queryUrl) {
        this.talk = new Conversation(callers, out);
        this.qualifications = registryUrl + "/v1/qualifications";
        this.receiptKeys = registryUrl + "/v1/receipt-keys";
        this.batches = registryUrl + "/v1/batches";
        this.query = queryUrl + "/v1";
    }

    /** Walks the whole way; tells whether every answer was as expected. */
    public boolean run() throws IOException, InterruptedException {
        String first = register();
        consultFound();
        correct();
        annulAndReinstate();
        batch();
        history(first);
        refusals();
        talk.say("");
        talk.say(talk.checks() - talk.mismatches() + " of " + talk.checks() + " answers as expected");
        return talk.mismatches() == 0;
    }

    private String register() throws IOException, InterruptedException {
        talk.step("An institution registers a diploma and gets a signed receipt");
        String body = DemoData.registration(supplierReference, insz, DemoData.master(FULL_NAME, "2019-06-28"));
        Answer created = talk.send("POST", qualifications, supplier(), body);
        JsonNode receipt = created.json();
        reference = receipt.path("reference").asString("");
        position = receipt.path("position").asLong(0);
        talk.expect("created", 201, created.status());
        talk.expect("version 1 stands in the ETag", "\"1\"", created.header("ETag"));
        talk.expect(
                "the leaf is 64 hexadecimal digits",
                64,
                receipt.path("leaf").asString("").length());

        talk.step("The receipt can be verified by anybody, with the registry's public keys");
        Answer keys = talk.send("GET", receiptKeys, Map.of(), null);
        talk.expect(
                "the signature",
                ReceiptVerifier.Result.VALID,
                ReceiptVerifier.ofJson(keys.text()).verify(created.text()));

        talk.step("The same again is no second diploma: the first receipt comes back");
        Answer again = talk.send("POST", qualifications, supplier(), body);
        talk.expect("accepted as a repetition", 200, again.status());
        talk.expect("the same receipt", receipt, again.json());

        talk.step("The same supplier reference with other content is a conflict");
        Answer conflict = talk.send(
                "POST",
                qualifications,
                supplier(),
                DemoData.registration(supplierReference, insz, DemoData.master("Master of Arts", "2019-06-28")));
        talk.expect("refused", 409, conflict.status());
        talk.expect("code", "REFERENCE_CONFLICT", conflict.json().path("code").asString(""));
        return receipt.path("recordedAt").asString("");
    }

    private void consultFound() throws IOException, InterruptedException {
        talk.step("An agency consults by national number, and says why it asks");
        JsonNode found = consult(insz);
        talk.expect("found", "FOUND", found.path("status").asString(""));
        JsonNode shown = mine(found);
        talk.expect(
                "the diploma that was registered",
                FULL_NAME,
                shown.path("basis").path("fullName").asString(""));
        talk.expect(
                "its EQF level is derived from the taxonomy",
                7,
                shown.path("derived").path("eqf").asInt(0));
        talk.expect(
                "the access is on record",
                true,
                !found.path("accessLogId").asString("").isEmpty());
    }

    private void correct() throws IOException, InterruptedException {
        talk.step("The institution corrects it; the version it means stands in If-Match");
        String body = "{\"basis\": " + DemoData.master(CORRECTED_NAME, "2019-06-28")
                + ", \"reason\": \"the title lacked its addition\"}";
        Map<String, String> headers = supplier();
        headers.put("If-Match", "\"1\"");
        Answer corrected = talk.send("PUT", qualifications + "/" + reference, headers, body);
        talk.expect("corrected", 200, corrected.status());
        talk.expect("version 2", 2, corrected.json().path("version").asInt(0));
        remember(corrected);

        talk.step("A correction of a version that is no longer the last is refused");
        Answer stale = talk.send(
                "PUT",
                qualifications + "/" + reference,
                headers,
                "{\"basis\": " + DemoData.master(FULL_NAME, "2018-06-28") + ", \"reason\": \"wrong year\"}");
        talk.expect("stale", 412, stale.status());
    }

    private void annulAndReinstate() throws IOException, InterruptedException {
        talk.step("The diploma is annulled, with a reason");
        String reason = "{\"reasonCode\": \"FRAUD-SUSPECTED\", \"reason\": \"under investigation\"}";
        Answer annulled = talk.send("POST", qualifications + "/" + reference + "/annulment", supplier(), reason);
        talk.expect("annulled", 200, annulled.status());
        remember(annulled);
        Answer again = talk.send("POST", qualifications + "/" + reference + "/annulment", supplier(), reason);
        talk.expect("annulling twice gives the first receipt", annulled.json(), again.json());

        talk.step("Who consults now sees that it is annulled, and why: it does not vanish");
        JsonNode shown = mine(consult(insz));
        talk.expect("state", "ANNULLED", shown.path("state").asString(""));
        talk.expect(
                "reason",
                "FRAUD-SUSPECTED",
                shown.path("annulment").path("reasonCode").asString(""));

        talk.step("It is reinstated");
        Answer reinstated = talk.send(
                "POST",
                qualifications + "/" + reference + "/reinstatement",
                supplier(),
                "{\"reasonCode\": \"CLEARED\", \"reason\": \"the suspicion was unfounded\"}");
        talk.expect("reinstated", 200, reinstated.status());
        remember(reinstated);
        talk.expect("state", "REGISTERED", mine(consult(insz)).path("state").asString(""));
    }

    private void batch() throws IOException, InterruptedException {
        talk.step("A file of five rows, two of them wrong: the good ones are registered all the same");
        String other = DemoData.insz();
        String good = DemoData.master(FULL_NAME, "2020-06-30");
        String rows = String.join(
                "\n",
                DemoData.row(supplierReference + "-1", other, good),
                DemoData.row(supplierReference + "-2", DemoData.mistyped(other), good),
                DemoData.row(supplierReference + "-3", other, DemoData.forbidden()),
                DemoData.row(supplierReference, insz, DemoData.master(FULL_NAME, "2019-06-28")),
                DemoData.row(supplierReference + "-5", other, DemoData.master("Doctor in de rechten", "2024-09-13")));
        Map<String, String> headers = supplier();
        headers.put("Content-Type", "application/x-ndjson");
        headers.put("Idempotency-Key", supplierReference);
        Answer taken = talk.send("POST", batches, headers, rows);
        talk.expect("taken in", 202, taken.status());
        String job = batches + "/" + taken.json().path("id").asString("");
        JsonNode done = awaitBatch(job);
        talk.say(done.toPrettyString());
        talk.expect("done", "DONE", done.path("state").asString(""));
        talk.expect("accepted", 2, done.path("accepted").asInt(-1));
        talk.expect("known already", 1, done.path("duplicate").asInt(-1));
        talk.expect("rejected", 2, done.path("rejected").asInt(-1));

        talk.step("Every row has its answer, with column and code, and without repeating the value");
        Answer results = talk.send("GET", job + "/results", supplier(), null);
        talk.expect("two rows with errors", 3, results.text().split("\"REJECTED\"", -1).length);
        talk.expect("the wrong check number is named", true, results.text().contains("INSZ_CHECKSUM"));
        talk.expect("its value is not", false, results.text().contains(DemoData.mistyped(other)));
    }

    private void history(String firstRecordedAt) throws IOException, InterruptedException {
        talk.step("Everything that happened to it");
        Answer history = talk.send("GET", query + "/qualifications/" + reference + "/history", agency(), null);
        talk.expect("answered", 200, history.status());
        talk.expect("four versions", 4, history.json().path("versions").size());

        talk.step("What the registry knew when it had just been registered");
        Answer then =
                talk.send("GET", query + "/qualifications/" + reference + "?asOf=" + firstRecordedAt, agency(), null);
        talk.expect("version 1", 1, then.json().path("version").asInt(0));
        talk.expect(
                "the title of that time",
                FULL_NAME,
                then.json().path("basis").path("fullName").asString(""));
    }

    private void refusals() throws IOException, InterruptedException {
        talk.step("Somebody of whom nothing is known");
        talk.expect(
                "not found",
                "NOT_FOUND",
                consult(DemoData.insz()).path("status").asString(""));

        talk.step("Without a purpose nothing is disclosed");
        Answer purposeless = talk.send(
                "POST",
                query + "/consultations",
                Map.of(Callers.HEADER, "agency:vdab", "Content-Type", "application/json"),
                "{\"insz\": \"" + insz + "\"}");
        talk.expect("refused", 400, purposeless.status());
        talk.expect("code", "PURPOSE_REQUIRED", purposeless.json().path("code").asString(""));

        talk.step("Nobody is not let in");
        Answer nobody = talk.send("GET", qualifications + "/" + reference, Map.of(), null);
        talk.expect("refused", 401, nobody.status());
    }

    private JsonNode consult(String number) throws IOException, InterruptedException {
        Map<String, String> headers = agency();
        headers.put("Content-Type", "application/json");
        return talk.send("POST", query + "/consultations", headers, "{\"insz\": \"" + number + "\"}")
                .json();
    }

    /** The qualification of this walk among those of the person. */
    private JsonNode mine(JsonNode answer) {
        for (JsonNode qualification : answer.path("qualifications")) {
            if (qualification.path("reference").asString("").equals(reference)) {
                return qualification;
            }
        }
        return MissingNode.getInstance();
    }

    private JsonNode awaitBatch(String job) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + BATCH_LIMIT.toNanos();
        while (true) {
            JsonNode state = talk.ask(job, supplier()).json();
            String name = state.path("state").asString("");
            if (name.equals("DONE") || name.equals("FAILED") || System.nanoTime() > deadline) {
                return state;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private void remember(Answer receipt) {
        position = Math.max(position, receipt.json().path("position").asLong(0));
    }

    private static Map<String, String> supplier() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(Callers.HEADER, SUPPLIER);
        headers.put("Content-Type", "application/json");
        return headers;
    }

    /** Asks for an answer that knows at least what this walk has written. */
    private Map<String, String> agency() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(Callers.HEADER, "agency:vdab");
        headers.put("X-Purpose", "job-matching");
        headers.put("X-Case", "demo-1");
        headers.put("X-End-User", "clerk-7");
        headers.put("X-Min-Position", Long.toString(position));
        return headers;
    }
}
