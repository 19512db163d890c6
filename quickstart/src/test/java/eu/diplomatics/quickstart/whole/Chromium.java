package eu.diplomatics.quickstart.whole;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
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

    @Override
    public void close() {
        playwright.close();
    }
}
