package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Media;
import com.microsoft.playwright.options.SelectOption;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * R32: the data-protection officer answers a subject access request from one screen; R06: with the controller they search the access
 * log and see whether its seal holds. R24, L08: a case worker asks with purpose and case, and gets what the mandate shows. In a real
 * browser, with and without JavaScript, on a phone's width; axe finds nothing, and each part has its own pages only.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StaffPortalIT extends BrowserAtThePortal {
    private static final String PERSON = People.insz(5);
    private static final String NOBODY = People.insz(6);
    private static final String TITLE = "Master in de toegepaste inzageleer";
    private static final String CASE = "dossier 2026-17";
    private static final String SECRET_CASE = "onderzoek-4";
    private static final String REQUEST_CASE = "inzage 2026-9";
    private static final String LAW = "Wet op het politieambt, artikel 44/1";

    @BeforeAll
    static void registerAndGrant() throws Exception {
        start(Map.of());
        JsonNode registered = registered(registry.register("kuleuven", People.withNumber("staff-1", PERSON, TITLE)));
        String seen = "{\"sees\":\"Een dienst zocht werk voor u.\",\"when\":\"IMMEDIATELY\"}";
        grant(
                "vdab",
                "job-matching",
                "\"CONSULT\"",
                "\"basis.fullName\",\"basis.degree\",\"basis.awardedOn\"",
                1000,
                seen);
        grant("vdab", "once", "\"CONSULT\"", "\"basis.degree\"", 1, seen);
        grant("vdab", "eligibility", "\"PREDICATE\"", "", 1000, seen);
        grant(
                "politie",
                "inquiry",
                "\"CONSULT\"",
                "\"basis.fullName\"",
                1000,
                "{\"sees\":\"Niets.\",\"when\":\"WITHHELD\",\"withheldBy\":\"" + LAW + "\"}");
        assertThat(registry.consult(NOBODY, registered.path("position").asLong())
                        .status())
                .as("projected")
                .isIn(200, 403);
    }

    private static void grant(
            String agency, String purpose, String questions, String fields, int perDay, String citizen)
            throws IOException, InterruptedException {
        WholeRegistry.Answer granted =
                registry.asController("PUT", "/v1/mandates/" + agency + "/" + purpose, """
                {"legalBasis":"Decreet van 7 mei 2004, artikel 5","questions":[%s],"fields":[%s],\
                "quota":{"perMinute":%d,"perDay":%d},"citizen":%s,"whyNeeded":"een vacature vraagt een diploma",\
                "whyNoYesNo":"vacatures vragen verschillende diploma's","validFrom":"2026-01-01","reason":"overeenkomst 4"}""".formatted(
                                questions, fields, perDay, perDay, citizen));
        assertThat(granted.status()).as(granted.text()).isEqualTo(201);
    }

    private void send() {
        page.locator("main form.ask button").click();
    }

    /** Mandates are seen within seconds. */
    private void awaitPurpose(String purpose) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            again();
            return page.locator("#purpose option[value='" + purpose + "']").count() == 1;
        });
    }

    private void consult(String number, String purpose, String reference) {
        page.locator("#insz").fill(number);
        page.locator("#purpose").selectOption(new SelectOption().setValue(purpose));
        page.locator("#reference").fill(reference);
        send();
    }

    @Test
    @Order(1)
    void a_case_worker_gets_what_the_mandate_shows_and_nothing_more() throws Exception {
        page.navigate(portal() + "/");
        assertThat(text()).contains("Do you work for an agency");
        signIn("case-worker:vdab", "/consult");
        assertThat(heading()).isEqualTo("Ask about a person");
        assertThat(pages()).containsExactly("Ask about a person", "Yes or no");
        awaitPurpose("job-matching");
        assertThat(page.locator("#purpose option").allInnerTexts())
                .as("no purpose that allows yes or no only")
                .noneMatch(text -> text.contains("eligibility"));
        Chromium.requireFit(page, "consult-en");

        String dotted = PERSON.substring(0, 2) + "." + PERSON.substring(2, 4) + "." + PERSON.substring(4, 6) + "-"
                + PERSON.substring(6, 9) + "." + PERSON.substring(9);
        consult(dotted, "job-matching", CASE);
        assertThat(page.url()).as("nothing stands in the address").isEqualTo(portal() + "/consult");
        assertThat(text())
                .contains(PERSON, "1 qualification was found.", TITLE, "Master", "28 June 2019")
                .doesNotContain("Leuven", "Sociologie", "312002", "There is no answer");
        assertThat(page.locator("#insz").inputValue()).as("typed anew for each").isEmpty();
        assertThat(page.locator("#reference").inputValue()).isEqualTo(CASE);
        Chromium.requireFit(page, "consult-found-en");

        consult(NOBODY, "job-matching", CASE);
        assertThat(text()).contains("Nothing was found.").doesNotContain(TITLE);
        follow("Nederlands");
        assertThat(heading()).isEqualTo("Over iemand vragen");
        Chromium.requireFit(page, "consult-nl");
    }

    @Test
    @Order(2)
    void where_yes_or_no_is_enough_the_answer_is_yes_or_no() throws Exception {
        signIn("case-worker:vdab", "/consult");
        follow("Yes or no");
        awaitPurpose("eligibility");
        assertThat(page.locator("#purpose option").count()).isEqualTo(1);
        page.locator("#level").selectOption(new SelectOption().setValue("EQF 7"));
        consult(PERSON, "eligibility", CASE);
        assertThat(page.locator(".verdict").innerText()).isEqualTo("Yes");
        assertThat(text()).doesNotContain(TITLE, "Master");
        assertThat(page.locator("#level").inputValue()).isEqualTo("EQF 7");
        Chromium.requireFit(page, "question-yes-en");
        page.locator("#level").selectOption(new SelectOption().setValue("EQF 8"));
        consult(PERSON, "eligibility", CASE);
        assertThat(page.locator(".verdict").innerText()).isEqualTo("No");
        page.locator("#level").selectOption(new SelectOption().setValue(""));
        consult(PERSON, "eligibility", CASE);
        assertThat(text()).contains("Neither a level nor a field is named.");
    }

    @Test
    @Order(3)
    void a_refusal_says_why_and_what_to_do() throws Exception {
        signIn("case-worker:vdab", "/consult");
        String wrong = PERSON.substring(0, 9) + (PERSON.endsWith("01") ? "02" : "01");
        consult(wrong, "job-matching", CASE);
        assertThat(text())
                .contains("There is no answer", "The check number of the national number is wrong", "do not guess");
        Chromium.requireFit(page, "consult-refused-en");
        consult("123", "job-matching", CASE);
        assertThat(text()).contains("That is no national number", "eleven digits");
        consult(PERSON, "job-matching", "dossier é");
        assertThat(text())
                .contains("The case is missing, or has signs that the log does not take")
                .doesNotContain(TITLE);

        somebodyChangesTheForm("never-granted");
        assertThat(text()).contains("no mandate in force for this purpose", "ask the controller");
        somebodyChangesTheForm("eligibility");
        assertThat(text())
                .contains("does not allow this question", "where yes or no is enough")
                .doesNotContain(TITLE);
        consult(NOBODY, "once", CASE);
        assertThat(text()).contains("Nothing was found.");
        consult(NOBODY, "once", CASE);
        assertThat(text()).contains("as many people as this mandate allows", "tomorrow");
    }

    private void somebodyChangesTheForm(String purpose) {
        page.evaluate("document.querySelector(\"#purpose option[value='job-matching']\").value = '" + purpose + "'");
        consult(PERSON, purpose, CASE);
    }

    @Test
    @Order(4)
    void what_a_law_keeps_from_the_person_is_asked_too() {
        signIn("case-worker:politie", "/consult");
        awaitPurpose("inquiry");
        consult(PERSON, "inquiry", SECRET_CASE);
        assertThat(text()).contains("1 qualification was found.", TITLE);
    }

    @Test
    @Order(5)
    void the_controller_finds_every_row_with_who_why_and_for_which_case() throws Exception {
        signIn("controller:led", "/access-log");
        assertThat(pages()).containsExactly("Access log", "Seal");
        Chromium.requireFit(page, "access-log-en");
        page.locator("#insz").fill(PERSON);
        why("complaint", "klacht 114");
        assertThat(page.url()).isEqualTo(portal() + "/access-log");
        Locator rows = page.locator(".accesses > li");
        String consulted = rows.filter(new Locator.FilterOptions().setHasText("job-matching"))
                .filter(new Locator.FilterOptions().setHasText("Qualifications shown"))
                .innerText();
        assertThat(consulted)
                .contains(
                        "Agency vdab",
                        CASE,
                        "case-worker:vdab",
                        "Qualifications of one person",
                        "version 1",
                        "Decreet van 7 mei 2004, artikel 5",
                        "Een dienst zocht werk voor u.",
                        "at once");
        assertThat(rows.filter(new Locator.FilterOptions().setHasText("Agency politie"))
                        .innerText())
                .contains("The person concerned is not told of this", SECRET_CASE, "never, by " + LAW);
        assertThat(text()).contains("Refused: NO_MANDATE", "Refused: NOT_IN_MANDATE");
        Chromium.requireFit(page, "access-log-found-en");

        why("complaint", "klacht 114");
        assertThat(rows.filter(new Locator.FilterOptions().setHasText("Search in the access log"))
                        .first()
                        .innerText())
                .as("the search before this one is an access itself")
                .contains("The controller: led", "complaint", "klacht 114", "controller:led");

        page.locator("#insz").fill("");
        why("supervision", "controle 1");
        assertThat(text()).contains("Name a person, or the first and the last day.");
        LocalDate today = LocalDate.now(ZoneId.of("Europe/Brussels"));
        page.locator("#from").fill(today.minusDays(1).toString());
        page.locator("#until").fill(today.toString());
        page.locator("#agency").fill("vdab");
        page.locator("#asked").fill("eligibility");
        why("supervision", "controle 1");
        assertThat(rows.count()).isPositive();
        assertThat(rows.allInnerTexts())
                .allMatch(row -> row.contains("Agency vdab") && row.contains("About whom (pseudonym)"));
        assertThat(text()).doesNotContain(PERSON);
        page.locator("#from").fill(today.minusDays(60).toString());
        why("supervision", "controle 1");
        assertThat(text()).contains("Without a national number a search goes over 30 days at most.");
        follow("Nederlands");
        assertThat(heading()).isEqualTo("Toegangslogboek");
        Chromium.requireFit(page, "access-log-nl");
    }

    private void why(String purpose, String reference) {
        page.locator("#purpose").selectOption(new SelectOption().setValue(purpose));
        page.locator("#reference").fill(reference);
        send();
    }

    @Test
    @Order(6)
    void a_subject_access_request_is_answered_from_one_screen() throws Exception {
        signIn("dpo:led", "/access-log");
        assertThat(pages()).containsExactly("Access log", "Request for access", "Seal");
        follow("Request for access");
        Chromium.requireFit(page, "subject-access-en");
        page.locator("#insz").fill(PERSON);
        page.locator("#reference").fill(REQUEST_CASE);
        send();
        assertThat(page.url()).isEqualTo(portal() + "/subject-access");
        assertThat(text())
                .contains(
                        PERSON,
                        REQUEST_CASE,
                        TITLE,
                        "Katholieke Universiteit Leuven",
                        "Sociologie (312002)",
                        "Version 1: registered",
                        "VDAB, the Flemish employment service",
                        "Een dienst zocht werk voor u.",
                        "Answering a request for access to personal data",
                        "Not for the person",
                        "Agency politie",
                        LAW,
                        "data protection authority");
        Chromium.requireFit(page, "subject-access-answer-en");

        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        assertThat(text())
                .as("what is handed over")
                .contains(PERSON, TITLE, "Een dienst zocht werk voor u.", "What you can do")
                .doesNotContain("politie", LAW, SECRET_CASE, "Not for the person", "Sign out", "Print the page")
                .as("neither the agency's clerk nor its case")
                .doesNotContain(CASE, "case-worker:vdab");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));

        follow("Nederlands");
        assertThat(heading()).isEqualTo("Verzoek om inzage");
        page.locator("#insz").fill(NOBODY);
        page.locator("#reference").fill(REQUEST_CASE);
        send();
        assertThat(text()).contains("Er is niets van u geregistreerd").doesNotContain(TITLE);
        Chromium.requireFit(page, "subject-access-none-nl");

        visit(new Browser.NewContextOptions().setLocale("en-GB"));
        signIn("citizen:" + PERSON, "/qualifications");
        follow("Who looked");
        assertThat(page.locator(".accesses > li")
                        .filter(new Locator.FilterOptions().setHasText("The data-protection officer"))
                        .filter(new Locator.FilterOptions().setHasText("Answering a request for access"))
                        .count())
                .as("what is registered, its history, and who looked: each its row")
                .isEqualTo(3);
        assertThat(text()).doesNotContain("politie", LAW);
    }

    @Test
    @Order(7)
    void with_the_wrong_role_there_is_a_page_that_says_so() throws Exception {
        Map<String, List<String>> closed = Map.of(
                "citizen:" + NOBODY,
                List.of("/consult", "/question", "/access-log", "/seal", "/subject-access"),
                "case-worker:vdab",
                List.of("/access-log", "/seal", "/subject-access", "/qualifications", "/accesses"),
                "controller:led",
                List.of("/subject-access", "/consult", "/question", "/accesses"),
                "dpo:led",
                List.of("/consult", "/question", "/qualifications"),
                "auditor:led",
                List.of("/consult", "/access-log", "/seal", "/subject-access"));
        for (String person : closed.keySet()) {
            visit(new Browser.NewContextOptions().setLocale("en-GB"));
            page.navigate(portal() + "/sign-in");
            introduce(person);
            page.locator("header form button").waitFor();
            for (String path : Objects.requireNonNull(closed.get(person))) {
                assertThat(page.navigate(portal() + path).status())
                        .as(person + " at " + path)
                        .isEqualTo(403);
                assertThat(heading()).isIn("This page is for another role", "This page is for citizens");
            }
            Chromium.requireFit(page, "failure-not-for-you-" + person.replaceAll(":.*", ""));
            // with a form of theirs that is valid, sent elsewhere
            String elsewhere = Objects.requireNonNull(closed.get(person)).getFirst();
            page.evaluate("document.querySelector('header form').action = '" + elsewhere + "'");
            page.locator("header form button").click();
            assertThat(heading()).as(person + " sends to " + elsewhere).isEqualTo("This page is for another role");
        }
    }

    @Test
    @Order(8)
    void on_a_phone_and_without_javascript_all_of_it_works() throws Exception {
        visit(new Browser.NewContextOptions().setLocale("nl-BE").setViewportSize(PHONE, 740));
        signIn("dpo:led", "/access-log");
        Chromium.requireFit(page, "phone-access-log");
        page.locator("#insz").fill(PERSON);
        why("complaint", "klacht 115");
        Chromium.requireFit(page, "phone-access-log-found");
        follow("Verzoek om inzage");
        page.locator("#insz").fill(PERSON);
        page.locator("#reference").fill(REQUEST_CASE);
        send();
        Chromium.requireFit(page, "phone-subject-access-answer");
        follow("Zegel");
        Chromium.requireFit(page, "phone-seal");
        visit(new Browser.NewContextOptions().setLocale("nl-BE").setViewportSize(PHONE, 740));
        signIn("case-worker:vdab", "/consult");
        consult(PERSON, "job-matching", CASE);
        Chromium.requireFit(page, "phone-consult-found");
        follow("Ja of nee");
        Chromium.requireFit(page, "phone-question");

        visit(new Browser.NewContextOptions().setLocale("en-GB").setJavaScriptEnabled(false));
        signIn("case-worker:vdab", "/consult");
        consult(PERSON, "job-matching", CASE);
        assertThat(text()).contains("1 qualification was found.");
        visit(new Browser.NewContextOptions().setLocale("en-GB").setJavaScriptEnabled(false));
        signIn("dpo:led", "/access-log");
        follow("Request for access");
        page.locator("#insz").fill(PERSON);
        page.locator("#reference").fill(REQUEST_CASE);
        send();
        assertThat(text()).contains(TITLE, "Who looked");
    }

    @Test
    @Order(9)
    void whether_the_seal_holds_is_seen_and_so_is_that_it_does_not() throws Exception {
        signIn("controller:led", "/access-log");
        follow("Seal");
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            again();
            return page.locator(".verdict").innerText().equals("The seal holds.");
        });
        assertThat(text()).contains("signed the newest seal", "registry.local/access/1", "Seen by the witness");
        Chromium.requireFit(page, "seal-en");

        try (Connection connection = registry.superuserAtA("accesslog");
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute("UPDATE accesslog.checkpoint SET root = sha256('another')"
                    + " WHERE size = (SELECT max(size) FROM accesslog.checkpoint)");
        }
        again();
        assertThat(text()).contains("The seal is broken.", "not valid", "Tell the operator");
        Chromium.requireFit(page, "seal-broken-en");
    }

    @Test
    @Order(10)
    void no_address_and_no_line_of_the_log_names_a_person_a_case_or_what_somebody_holds() throws IOException {
        assertThat(addresses)
                .hasSizeGreaterThan(50)
                .noneMatch(address -> address.contains(PERSON)
                        || address.contains(NOBODY)
                        || address.contains("dossier")
                        || address.contains("inzage")
                        || JWT.matcher(address).find());
        String log = Files.readString(registry.layout().logs().resolve("portal.log"));
        assertThat(log).contains("the query-service refused: NO_MANDATE");
        assertThat(log)
                .doesNotContain(PERSON, NOBODY, TITLE, CASE, SECRET_CASE, REQUEST_CASE, "case-worker:vdab", "staff-1")
                .doesNotContainPattern(JWT);
    }
}
