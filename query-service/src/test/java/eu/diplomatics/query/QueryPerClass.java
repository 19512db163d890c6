package eu.diplomatics.query;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One fixture, and one service in this JVM, for all tests of a class: no other class sees what they break. */
final class QueryPerClass implements BeforeAllCallback, AfterAllCallback {
    private final String[] settings;
    private @Nullable QueryFixture fixture;
    private @Nullable RunningQuery query;

    /** @param settings of the service beyond the fixture's, as {@code name=value} */
    QueryPerClass(String... settings) {
        this.settings = settings.clone();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        fixture = new QueryFixture();
        query = fixture.start(settings);
        // before that it reads from the store, whatever a test means to bring it by Kafka
        Deliveries.awaitConsuming(query);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // called also where one of them did not start
        if (query != null) {
            query.close();
        }
        if (fixture != null) {
            fixture.close();
        }
    }

    QueryFixture fixture() {
        return Objects.requireNonNull(fixture);
    }

    RunningQuery query() {
        return Objects.requireNonNull(query);
    }
}
