package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine's own browser. Without one the test fails in continuous integration; elsewhere it is skipped and says so. */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private static final double START_MILLIS = 180_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Path program) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setTimeout(START_MILLIS)
                        // its sandbox does not work for root, whom builds in containers often are
                        .setChromiumSandbox(false));
    }

    static Path required() {
        Optional<Path> program = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
                .flatMap(folder -> NAMES.stream().map(Path.of(folder)::resolve))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty() && Boolean.parseBoolean(System.getenv("CI"))) {
            fail("Chromium is not installed (Debian: apt install chromium)");
        }
        assumeTrue(program.isPresent(), "Chromium is not installed (Debian: apt install chromium)");
        return program.orElseThrow();
    }

    static Chromium start() {
        return new Chromium(required());
    }

    Browser browser() {
        return browser;
    }

    /** What axe finds, and whether a phone has to be pushed sideways; kept as a picture where somebody asks for that. */
    static void requireFit(Page page, String name) throws IOException {
        AxeResults found = new AxeBuilder(page).analyze();
        assertThat(found.getViolations()).as("axe on " + name).isEmpty();
        assertThat(found.getPasses()).isNotEmpty();
        assertThat(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("fits the width: " + name)
                .isEqualTo(true);
        assertThat(page.locator("html").getAttribute("lang")).isIn("nl", "en");
        String pictures = System.getProperty("portal.pictures");
        if (pictures != null) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setFullPage(true)
                    .setPath(Files.createDirectories(Path.of(pictures)).resolve(name + ".png")));
        }
    }

    @Override
    public void close() {
        playwright.close();
    }
}
