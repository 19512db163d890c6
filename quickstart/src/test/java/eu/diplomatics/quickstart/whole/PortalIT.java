package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import eu.diplomatics.quickstart.stack.PortalSetup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * R28: a citizen sees what is theirs, and who looked at it, when and why, in a real browser: with and without JavaScript, on a
 * phone's width, in two languages, and axe finds nothing. R24, R31: nobody else's, and nothing of a person in an address or a log.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PortalIT extends BrowserAtThePortal {
    private static final String CITIZEN = People.insz(3);
    private static final String OTHER = People.insz(4);
    private static final String TITLE = "Master in de vergelijkende paginakunde";
    private static final String ANNULLED = "Bachelor in de ingetrokken wetenschappen";
    private static final String REASON = "op verzoek van de faculteit";

    private static String looked;
    private static @Nullable Process anotherPortal;

    @BeforeAll
    static void registerAndConsult() throws Exception {
        start(Map.of());
        JsonNode first = registered(registry.register("kuleuven", People.withNumber("portal-1", CITIZEN, TITLE)));
        registered(registry.dispute(
                first.path("reference").asString(),
                CITIZEN,
                "{\"reasonCode\":\"WRONG-TITLE\",\"reason\":\"it was another subject\"}"));
        JsonNode second = registered(registry.register("kuleuven", People.withNumber("portal-2", CITIZEN, ANNULLED)));
        JsonNode annulled = registered(registry.registryPost(
                "/v1/qualifications/" + second.path("reference").asString() + "/annulment",
                "kuleuven",
                "{\"reasonCode\":\"AWARDED-IN-ERROR\",\"reason\":\"" + REASON + "\"}"));
        JsonNode consulted =
                registry.consult(CITIZEN, annulled.path("position").asLong()).json();
        assertThat(consulted.path("status").asString()).isEqualTo("FOUND");
        looked = consulted.path("accessLogId").asString();
    }

    @AfterAll
    static void stopTheOther() {
        if (anotherPortal != null) {
            anotherPortal.destroyForcibly().onExit().join();
        }
    }

    private void signIn(String person) {
        signIn(person, "/qualifications");
    }

    @Test
    @Order(1)
    void a_citizen_sees_what_is_registered_and_who_looked_in_two_languages_and_signs_out() throws Exception {
        page.navigate(portal() + "/");
        assertThat(heading()).isEqualTo("Your diplomas in the registry");
        isFitForEverybody("welcome-en");

        signIn("citizen:" + CITIZEN);
        assertThat(heading()).isEqualTo("My qualifications");
        assertThat(page.locator("article h2").allInnerTexts()).containsExactlyInAnyOrder(TITLE, ANNULLED);
        assertThat(page.locator("article")
                        .filter(new Locator.FilterOptions().setHasText("Annulled on"))
                        .innerText())
                .contains(ANNULLED, REASON, "no longer valid");
        assertThat(page.locator("article")
                        .filter(new Locator.FilterOptions().setHasText("Disputed since"))
                        .innerText())
                .contains(TITLE, "That is to be decided by");
        for (var each : page.locator("summary").all()) {
            each.click();
        }
        assertThat(text())
                .contains(
                        "28 June 2019",
                        "Katholieke Universiteit Leuven",
                        "Belgium",
                        "Dutch",
                        "Higher education",
                        "Not applicable",
                        "Sociologie (312002)",
                        "portal-1",
                        CITIZEN);
        isFitForEverybody("qualifications-en");

        follow("Who looked");
        assertThat(page.locator("nav.pages [aria-current=page]").innerText()).isEqualTo("Who looked");
        var look = page.locator(".accesses > li").filter(new Locator.FilterOptions().setHasText(looked));
        assertThat(look.innerText())
                .contains(
                        "VDAB, the Flemish employment service",
                        "Helping you to find work",
                        "A sample agency tried the registry.",
                        "none: a sample on a machine with test numbers only",
                        "2 qualifications were shown");
        String at = look.locator("time").getAttribute("datetime");
        assertThat(look.locator("time").innerText())
                .as("in Belgian time")
                .isEqualTo(DateTimeFormatter.ofPattern("d MMMM yyyy 'at' HH:mm:ss", Locale.of("en", "IE"))
                        .withZone(ZoneId.of("Europe/Brussels"))
                        .format(Instant.parse(at)));
        assertThat(text()).contains("Yourself", "Looking at your own data");
        isFitForEverybody("accesses-en");

        follow("Nederlands");
        assertThat(heading()).isEqualTo("Wie keek");
        assertThat(look.innerText()).contains("U helpen om werk te vinden", "Er werden 2 bewijzen getoond");
        isFitForEverybody("accesses-nl");
        follow("Mijn bewijzen");
        assertThat(text()).as("remembered").contains("Ongeldig verklaard op", "28 juni 2019");
        isFitForEverybody("qualifications-nl");

        page.locator("header button").click();
        assertThat(heading()).isEqualTo("U bent afgemeld");
        isFitForEverybody("signed-out-nl");
        Response after = page.navigate(portal() + "/qualifications");
        assertThat(after.status()).isEqualTo(401);
        assertThat(text()).contains("U bent niet aangemeld").doesNotContain(TITLE);
        isFitForEverybody("failure-signed-out-nl");
        follow("Opnieuw aanmelden");
        assertThat(page.locator("input[name=password]").isVisible())
                .as("the provider asks again")
                .isTrue();
    }

    @Test
    @Order(2)
    void on_a_phone_nothing_is_wider_than_the_screen_and_axe_finds_nothing() throws Exception {
        visit(new Browser.NewContextOptions().setLocale("nl-BE").setViewportSize(PHONE, 740));
        page.navigate(portal() + "/");
        isFitForEverybody("phone-welcome");
        signIn("citizen:" + CITIZEN);
        for (var each : page.locator("summary").all()) {
            each.click();
        }
        isFitForEverybody("phone-qualifications");
        follow("Wie keek");
        isFitForEverybody("phone-accesses");
        page.navigate(portal() + "/nothing-is-here");
        assertThat(heading()).isEqualTo("Deze pagina is er niet");
        isFitForEverybody("phone-failure-not-found");
    }

    @Test
    @Order(3)
    void without_javascript_the_same_way_leads_through_all_of_it() {
        visit(new Browser.NewContextOptions().setLocale("fr-BE").setJavaScriptEnabled(false));
        signIn("citizen:" + CITIZEN);
        assertThat(heading()).as("neither language is French").isEqualTo("Mijn bewijzen");
        page.locator("summary").first().click();
        assertThat(text()).contains(TITLE, "Nummer in het register");
        follow("English");
        assertThat(heading()).isEqualTo("My qualifications");
        follow("Who looked");
        assertThat(text()).contains("VDAB, the Flemish employment service");
        page.locator("header button").click();
        assertThat(heading()).isEqualTo("You are signed out");
    }

    @Test
    @Order(4)
    void the_keyboard_alone_is_enough() {
        page.navigate(portal() + "/");
        page.keyboard().press("Tab");
        assertThat(focused()).isEqualTo("Skip to content");
        page.keyboard().press("Enter");
        assertThat(page.url()).endsWith("#content");
        page.keyboard().press("Tab");
        assertThat(focused()).isEqualTo("Sign in");
        page.keyboard().press("Enter");
        introduceByKeyboard("citizen:" + CITIZEN);
        page.locator("article").first().waitFor();
        List<String> reached = reachedByTab(12);
        assertThat(reached).contains("My diplomas", "Nederlands", "Sign out", "My qualifications", "Who looked");
        assertThat(reached).anyMatch(name -> name.startsWith("All data"));
    }

    @Test
    @Order(5)
    void another_citizen_sees_nothing_of_the_first_and_who_is_none_sees_nothing() throws Exception {
        signIn("citizen:" + OTHER);
        assertThat(text()).contains("Nothing is registered about you").doesNotContain(TITLE, ANNULLED, CITIZEN);
        isFitForEverybody("qualifications-none-en");
        follow("Who looked");
        assertThat(text()).doesNotContain("VDAB", looked, CITIZEN);

        visit(new Browser.NewContextOptions().setLocale("en-GB"));
        signIn("auditor:led");
        assertThat(heading()).isEqualTo("This page is for citizens");
        assertThat(page.locator("nav.pages").count()).isZero();
        isFitForEverybody("failure-not-a-citizen-en");
        page.locator("header button").click();
        assertThat(heading()).isEqualTo("You are signed out");
    }

    @Test
    @Order(6)
    void the_visit_is_known_by_a_cookie_of_this_host_alone_that_is_new_and_good_until_the_end() throws Exception {
        page.navigate(portal() + "/");
        assertThat(context.cookies())
                .as("nobody who only looks in is remembered")
                .isEmpty();
        signIn("citizen:" + CITIZEN);
        Cookie visit = context.cookies().stream()
                .filter(cookie -> cookie.name.equals("__Host-visit"))
                .findFirst()
                .orElseThrow();
        assertThat(visit.secure).isTrue();
        assertThat(visit.httpOnly).isTrue();
        assertThat(visit.sameSite).isEqualTo(SameSiteAttribute.LAX);
        assertThat(visit.path).isEqualTo("/");
        assertThat(visit.expires).as("gone with the browser").isEqualTo(-1);
        assertThat(context.cookies()).noneMatch(cookie -> cookie.name.equals("__Host-sign-in"));
        String cookie = visit.name + "=" + visit.value;

        assertThat(send("POST", "/sign-out", cookie, "_csrf=forged").statusCode())
                .as("a form of somebody else's")
                .isEqualTo(400);
        assertThat(send("GET", "/qualifications", cookie, "").body()).contains(TITLE);
        HttpResponse<String> nobody = send("POST", "/sign-out", "", "");
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.headers().allValues("Set-Cookie")).isEmpty();

        page.locator("header button").click();
        HttpResponse<String> late = send("GET", "/qualifications", cookie, "");
        assertThat(late.statusCode()).as("the cookie after signing out").isEqualTo(401);
        assertThat(late.body()).doesNotContain(TITLE);
    }

    @Test
    @Order(7)
    void a_code_is_good_in_the_browser_only_in_which_the_sign_in_began() throws Exception {
        assertThat(send("GET", "/signed-in?code=stolen&state=stolen", "", "").statusCode())
                .isEqualTo(400);
        HttpResponse<String> begun = send("GET", "/sign-in", "", "");
        assertThat(begun.statusCode()).isEqualTo(303);
        assertThat(begun.headers().firstValue("Location").orElseThrow())
                .as("pushed: nothing of the request stands in the address")
                .contains("request_uri=")
                .doesNotContain("scope", "redirect_uri", "code_challenge");
        String name = begun.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
        HttpResponse<String> forged = send("GET", "/signed-in?code=stolen&state=stolen", name, "");
        assertThat(forged.statusCode()).isEqualTo(400);
        assertThat(forged.headers().allValues("Set-Cookie")).noneMatch(set -> set.startsWith("__Host-visit"));
    }

    @Test
    @Order(8)
    void every_answer_tells_browsers_to_keep_nothing_run_nothing_and_tell_nobody() throws Exception {
        for (String path : List.of("/", "/qualifications", "/signed-out", "/portal.css", "/nothing", "/sign-in")) {
            Map<String, List<String>> headers =
                    send("GET", path, "", "").headers().map();
            assertThat(headers)
                    .as(path)
                    .containsEntry("Cache-Control", List.of("no-cache, no-store, max-age=0, must-revalidate"))
                    .containsEntry(
                            "Content-Security-Policy",
                            List.of("default-src 'none'; style-src 'self'; form-action 'self'; "
                                    + "frame-ancestors 'none'; base-uri 'none'"))
                    .containsEntry("X-Content-Type-Options", List.of("nosniff"))
                    .containsEntry("Referrer-Policy", List.of("no-referrer"))
                    .containsEntry("X-Frame-Options", List.of("DENY"));
        }
        assertThat(send("GET", "/actuator/env", "", "").statusCode()).isEqualTo(404);
    }

    @Test
    @Order(9)
    void tokens_are_got_anew_while_somebody_is_signed_in() throws Exception {
        registry.kill("portal");
        anotherPortal = startPortal(Map.of("DIPLOMATICS_PORTAL_RENEWBEFORE", "1h"));
        signIn("citizen:" + CITIZEN);
        for (int i = 0; i < 3; i++) {
            follow("Who looked");
            assertThat(text()).contains("VDAB");
            follow("My qualifications");
            assertThat(text()).contains(TITLE);
        }
    }

    private static Process startPortal(Map<String, String> told) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        registry.layout().marker(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.net.preferIPv4Stack=true",
                        "-cp",
                        registry.layout().application("portal"),
                        "eu.diplomatics.portal.PortalApplication")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        registry.layout().logs().resolve("portal.log").toFile()));
        builder.environment().putAll(new PortalSetup(registry.layout(), registry.addresses()).environment());
        builder.environment().putAll(told);
        Process process = builder.start();
        await().atMost(Duration.ofMinutes(3)).until(() -> {
            try {
                return send("GET", "/actuator/health/readiness", "", "").statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        });
        return process;
    }

    @Test
    @Order(10)
    void what_is_down_is_said_in_plain_words() throws Exception {
        signIn("citizen:" + CITIZEN);
        registry.kill("query");
        assertThat(again().status()).isEqualTo(503);
        assertThat(heading()).isEqualTo("The registry does not answer at the moment");
        isFitForEverybody("failure-registry-away-en");
        registry.kill("provider");
        again();
        assertThat(heading()).isEqualTo("Nobody can sign in at the moment");
        isFitForEverybody("failure-provider-away-en");
        visit(new Browser.NewContextOptions().setLocale("nl-BE"));
        assertThat(page.navigate(portal() + "/sign-in").status()).isEqualTo(503);
        assertThat(heading()).isEqualTo("Aanmelden kan nu niet");
    }

    @Test
    @Order(11)
    void no_address_and_no_line_of_the_log_names_a_person_or_what_they_hold() throws IOException {
        assertThat(addresses)
                .hasSizeGreaterThan(50)
                .noneMatch(address -> address.contains(CITIZEN)
                        || address.contains(OTHER)
                        || address.contains("Master")
                        || JWT.matcher(address).find());
        String log = Files.readString(registry.layout().logs().resolve("portal.log"));
        assertThat(log).contains("the query-service does not answer", "the identity provider is away");
        assertThat(log)
                .doesNotContain(CITIZEN, OTHER, TITLE, ANNULLED, REASON, "portal-1", "code=")
                .doesNotContainPattern(JWT);
    }

    private static HttpResponse<String> send(String method, String path, String cookie, String form)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(portal() + path))
                .timeout(Duration.ofSeconds(90))
                .header("Accept", "*/*")
                .method(method, form.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(form));
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }
}
