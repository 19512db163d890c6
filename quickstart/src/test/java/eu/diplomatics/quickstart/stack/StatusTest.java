package eu.diplomatics.quickstart.stack;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.local.Ports;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusTest {
    private final Layout layout;

    StatusTest(@TempDir Path directory) {
        layout = new Layout(directory);
    }

    @Test
    void the_json_has_exactly_the_fields_of_the_contract() throws IOException {
        JsonNode json = JsonMapper.shared().readTree(Status.of(layout).toJson());
        assertThat(json.propertyNames()).containsExactly("state", "services", "head", "projected");
        assertThat(json.get("services").propertyNames())
                .containsExactly("registry", "query", "custodian", "custodian2", "postgres", "kafka");
        for (String service : List.of("registry", "query", "custodian", "custodian2", "postgres", "kafka")) {
            assertThat(json.get("services").get(service).propertyNames()).containsExactly("state", "url");
        }
        assertThat(json.get("head").isNull()).isTrue();
    }

    @Test
    void for_people_the_provider_and_the_pages_are_named_where_callers_show_tokens() throws IOException {
        layout.create();
        RunState run = new RunState(layout);
        run.write(new Addresses(Ports.free(), true), true);
        assertThat(Status.of(layout).toText()).contains("\n  provider ", "\n  portal ");
        run.write(new Addresses(Ports.free()), true);
        assertThat(Status.of(layout).toText()).doesNotContain("provider", "portal");
    }

    @Test
    void nothing_running_is_down() throws IOException {
        assertThat(Status.of(layout).state()).isEqualTo(Status.State.DOWN);
    }

    @Test
    void a_living_launcher_is_starting_until_it_says_that_it_is_done_and_degraded_when_services_lack()
            throws IOException {
        layout.create();
        RunState run = new RunState(layout);
        FileLock lock = Objects.requireNonNull(run.lock());
        try {
            Addresses nobody = new Addresses(Ports.free());
            run.write(nobody, false);
            assertThat(Status.of(layout).state()).isEqualTo(Status.State.STARTING);
            run.write(nobody, true);
            assertThat(Status.of(layout).state()).isEqualTo(Status.State.DEGRADED);
            assertThat(run.lock()).as("a second launcher gets no lock").isNull();
        } finally {
            lock.acquiredBy().close();
        }
        assertThat(Status.of(layout).state()).as("a crashed launcher is down").isEqualTo(Status.State.DOWN);
    }
}
