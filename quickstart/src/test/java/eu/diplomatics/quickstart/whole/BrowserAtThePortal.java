package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import eu.diplomatics.quickstart.caller.CallerKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole registry, and a browser before its pages; each test begins without a past. Each class says how it starts. */
@SuppressWarnings("NullAway.Init")
abstract class BrowserAtThePortal {
    static final int PHONE = 360;
    /** Head and claims of a token: what is drawn at random has no dot in it. */
    static final Pattern JWT = Pattern.compile("eyJ[\\w-]+\\.eyJ");

    private static final double PATIENCE_MILLIS = 120_000;

    /** Each that the browser asked for. */
    static final List<String> addresses = new ArrayList<>();

    static WholeRegistry registry;

    @TempDir
    private static Path home;

    private static Chromium chromium;
    private static String password;

    BrowserContext context;
    Page page;

    /** Before all tests of a class; what was started ends after them. */
    static void start(Map<String, String> settings) throws IOException, InterruptedException {
        addresses.clear();
        chromium = Chromium.start();
        registry = new WholeRegistry(home.resolve("home"), settings).start();
        password = new CallerKeys(registry.layout().callerKeys()).password();
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            if (registry != null) {
                registry.close();
            }
        } finally {
            if (chromium != null) {
                chromium.close();
            }
        }
    }

    @BeforeEach
    void open() {
        begin(new Browser.NewContextOptions().setLocale("en-GB").setViewportSize(1280, 900));
    }

    @AfterEach
    void close() {
        context.close();
    }

    /** Goes on in a browser without a past. */
    void visit(Browser.NewContextOptions as) {
        context.close();
        begin(as);
    }

    private void begin(Browser.NewContextOptions as) {
        context = chromium.browser().newContext(as);
        context.setDefaultTimeout(PATIENCE_MILLIS);
        context.setDefaultNavigationTimeout(PATIENCE_MILLIS);
        context.onRequest(request -> addresses.add(request.url()));
        page = context.newPage();
    }

    static String portal() {
        return registry.addresses().portalUrl();
    }

    static JsonNode registered(WholeRegistry.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 201);
        return answer.json();
    }

    /** Asks for the same address again; Chromium does not reload just after it went from one site to another. */
    Response again() {
        return page.navigate(page.url());
    }

    /** From the first page to where this person begins. */
    void signIn(String person, String home) {
        page.navigate(portal() + "/");
        page.locator("a[href='/sign-in']").click();
        introduce(person);
        assertThat(page.url()).isEqualTo(portal() + home);
    }

    /** On the provider's page. */
    void introduce(String person) {
        page.locator("input[name=username]").fill(person);
        page.locator("input[name=password]").fill(password);
        page.locator("button[type=submit]").click();
    }

    /** With the keyboard alone, on the provider's page. */
    void introduceByKeyboard(String person) {
        page.locator("input[name=username]").waitFor();
        page.locator("input[name=username]").focus();
        page.keyboard().type(person);
        page.keyboard().press("Tab");
        page.keyboard().type(password);
        page.keyboard().press("Enter");
    }

    /** What the keyboard reaches, in this order; the first line of each. */
    List<String> reachedByTab(int times) {
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            page.keyboard().press("Tab");
            reached.add(focused().lines().findFirst().orElse(""));
        }
        return reached;
    }

    String focused() {
        return String.valueOf(page.evaluate("document.activeElement.innerText")).strip();
    }

    void follow(String name) {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true))
                .first()
                .click();
    }

    String text() {
        return page.locator("body").innerText();
    }

    String heading() {
        return page.locator("h1").innerText();
    }

    List<String> pages() {
        return page.locator("nav.pages a").allInnerTexts();
    }

    void isFitForEverybody(String name) throws IOException {
        Chromium.requireFit(page, name);
    }
}
