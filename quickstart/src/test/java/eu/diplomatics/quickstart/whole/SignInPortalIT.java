package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.SelectOption;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * L04, R24: a delegate sees for whom they stand, as what and until when, and what is registered of that person and nobody else. R07,
 * ASVS 6.8.4: for what weighs much people sign in again (RFC 9470), and come back to where they were.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SignInPortalIT extends BrowserAtThePortal {
    private static final String DELEGATE = People.insz(7);
    private static final String REPRESENTED = People.insz(8);
    private static final String NOBODY = People.insz(9);
    private static final String TITLE = "Master in de vertegenwoordigingsleer";
    private static final String DELEGATES_OWN = "Bachelor in de volmachten";
    private static final String PROXY = "delegate:" + DELEGATE + ":" + REPRESENTED;
    private static final Duration FRESHLY = Duration.ofSeconds(30);
    private static final int TRIES = 20;

    @BeforeAll
    static void register() throws Exception {
        start(Map.of("DIPLOMATICS_IDENTITY_SIGNEDINFRESHLY", FRESHLY.toString()));
        registered(registry.register("kuleuven", People.withNumber("represented-1", REPRESENTED, TITLE)));
        long last = registered(registry.register("kuleuven", People.withNumber("delegate-1", DELEGATE, DELEGATES_OWN)))
                .path("position")
                .asLong();
        assertThat(registry.consult(REPRESENTED, last).status()).isEqualTo(200);
    }

    @Test
    @Order(1)
    void a_delegate_sees_for_whom_they_stand_as_what_and_until_when_and_that_persons_qualifications() throws Exception {
        page.navigate(portal() + "/");
        assertThat(text()).contains("Do you stand for somebody else");
        String earliest = aYearFromYesterday();
        signIn(PROXY, "/represented");
        assertThat(heading()).isEqualTo("For somebody else");
        assertThat(pages()).containsExactly("For somebody else");
        assertThat(page.locator("main dl").first().innerText()).contains(REPRESENTED, "Somebody whom they authorised");
        assertThat(page.locator("main dl").first().locator("time").innerText().replaceAll(" at .*", ""))
                .isIn(earliest, aYearFromYesterday());
        assertThat(page.locator("article h2").allInnerTexts()).containsExactly(TITLE);
        for (Locator each : page.locator("summary").all()) {
            each.click();
        }
        assertThat(text())
                .contains("Katholieke Universiteit Leuven", "represented-1", "sees that you looked")
                .doesNotContain(DELEGATES_OWN, DELEGATE);
        isFitForEverybody("represented-en");

        follow("Nederlands");
        assertThat(heading()).isEqualTo("Voor iemand anders");
        assertThat(text()).contains(REPRESENTED, "Iemand die een volmacht kreeg", TITLE);
        isFitForEverybody("represented-nl");

        for (String path : new String[] {"/qualifications", "/accesses"}) {
            Response closed = page.navigate(portal() + path);
            assertThat(closed.status()).as(path).isEqualTo(403);
            assertThat(text()).doesNotContain(TITLE, DELEGATES_OWN, REPRESENTED);
        }
    }

    /** As the quickstart's provider gives it, in Belgian time. */
    private static String aYearFromYesterday() {
        return DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.of("en", "IE"))
                .withZone(ZoneId.of("Europe/Brussels"))
                .format(Instant.now().plus(Duration.ofDays(364)));
    }

    @Test
    @Order(2)
    void on_a_phone_without_javascript_and_by_keyboard_all_of_it_works() throws Exception {
        visit(new Browser.NewContextOptions().setLocale("nl-BE").setViewportSize(PHONE, 740));
        signIn(PROXY, "/represented");
        for (Locator each : page.locator("summary").all()) {
            each.click();
        }
        isFitForEverybody("phone-represented");

        visit(new Browser.NewContextOptions().setLocale("en-GB").setJavaScriptEnabled(false));
        signIn("delegate:" + DELEGATE + ":" + NOBODY, "/represented");
        assertThat(text())
                .contains(NOBODY, "Nothing is registered about this person")
                .doesNotContain(TITLE);
        page.locator("header button").click();
        assertThat(heading()).isEqualTo("You are signed out");

        visit(new Browser.NewContextOptions().setLocale("en-GB"));
        page.navigate(portal() + "/sign-in");
        introduceByKeyboard(PROXY);
        page.locator("article").first().waitFor();
        List<String> reached = reachedByTab(7);
        assertThat(reached).contains("Skip to content", "Nederlands", "Sign out", "For somebody else");
        assertThat(reached.getLast()).startsWith("All data");
        page.keyboard().press("Enter");
        page.getByText("represented-1").waitFor();
    }

    @Test
    @Order(3)
    void who_is_represented_sees_that_somebody_looked_for_them() {
        signIn("citizen:" + REPRESENTED, "/qualifications");
        follow("Who looked");
        assertThat(page.locator(".accesses > li")
                        .filter(new Locator.FilterOptions().setHasText("Somebody who represents you"))
                        .first()
                        .innerText())
                .contains("Looking for you, who are represented", "1 qualification was shown");
        assertThat(text()).doesNotContain(DELEGATE);
    }

    @Test
    @Order(4)
    void where_a_sign_in_leads_back_to_is_a_page_of_these_that_is_ones_own() {
        for (String[] each : new String[][] {
            {"/accesses", "/accesses"},
            {"/access-log", "/qualifications"},
            {"//thief.example/", "/qualifications"},
            {"https://thief.example/accesses", "/qualifications"},
            {"/accesses&to=/accesses", "/qualifications"}
        }) {
            visit(new Browser.NewContextOptions().setLocale("en-GB"));
            page.navigate(portal() + "/sign-in?to=" + each[0]);
            introduce("citizen:" + REPRESENTED);
            assertThat(page.url()).as(each[0]).isEqualTo(portal() + each[1]);
        }
    }

    @Test
    @Order(5)
    void who_signed_in_a_while_ago_does_so_again_before_the_access_log_is_searched() throws Exception {
        signIn("dpo:led", "/access-log");
        Instant signedIn = Instant.now();
        await().atMost(Duration.ofMinutes(5))
                .until(() -> Instant.now().isAfter(signedIn.plus(FRESHLY).plusSeconds(1)));
        search();
        assertThat(heading()).isEqualTo("Sign in again");
        assertThat(text()).contains("Nothing was asked", "not kept", "Sign out").doesNotContain(REPRESENTED);
        isFitForEverybody("failure-sign-in-again-en");
        String before = visitCookie();
        follow("Sign in again");
        assertThat(page.locator("input[name=password]").isVisible())
                .as("the provider asks again")
                .isTrue();
        introduce("dpo:led");
        assertThat(page.url()).as("back to the page").isEqualTo(portal() + "/access-log");
        assertThat(visitCookie()).as("another visit").isNotEqualTo(before);
        search();
        for (int i = 0; i < TRIES && heading().equals("Sign in again"); i++) {
            // the machine was busy for longer than a sign-in is fresh here
            follow("Sign in again");
            introduce("dpo:led");
            search();
        }
        assertThat(text()).contains("What was found", "Agency vdab");
    }

    private String visitCookie() {
        return context.cookies().stream()
                .filter(cookie -> cookie.name.equals("__Host-visit"))
                .findFirst()
                .orElseThrow()
                .value;
    }

    private void search() {
        page.locator("#insz").fill(REPRESENTED);
        page.locator("#purpose").selectOption(new SelectOption().setValue("complaint"));
        page.locator("#reference").fill("klacht 116");
        page.locator("main form.ask button").click();
    }

    @Test
    @Order(6)
    void no_address_and_no_line_of_the_log_names_who_is_represented_or_who_stands_for_them() throws IOException {
        assertThat(addresses)
                .hasSizeGreaterThan(30)
                .noneMatch(address -> address.contains(DELEGATE)
                        || address.contains(REPRESENTED)
                        || address.contains(NOBODY)
                        || address.contains("max_age")
                        || JWT.matcher(address).find());
        String log = Files.readString(registry.layout().logs().resolve("portal.log"));
        assertThat(log).contains("the query-service asks for a fresher sign-in");
        assertThat(log)
                .doesNotContain(DELEGATE, REPRESENTED, NOBODY, TITLE, "represented-1")
                .doesNotContainPattern(JWT);
    }
}
