package eu.diplomatics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.registry.Client.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R16: the index keys of the access log are rotated by one command, which says what it waits for. */
class AccessLogIndexTest {
    private final RegistryFixture fixture = RegistryFixture.prepared();

    @BeforeEach
    void start() {
        fixture.start();
        assertThat(fixture.client()
                        .post("/v1/qualifications", Samples.registration(Samples.reference(), Samples.insz(1)))
                        .status())
                .isEqualTo(201);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void withoutTheCustodiansHalfTheCommandFailsAndSaysWhoHasToMakeItThenItWorks() {
        try (QuerySide query = new QuerySide(fixture)) {
            JsonNode failed = rotate();
            assertThat(failed.path("state").asString()).isEqualTo("FAILED");
            assertThat(failed.path("error").asString())
                    .contains("the custodian lacks access-log-index-2", "its operators make it");
            assertThat(versions()).isEqualTo("access-log-index");

            fixture.custodian().newAccessLogIndex();
            JsonNode done = rotate();
            assertThat(done.path("state").asString()).as(done.toString()).isEqualTo("DONE");
            assertThat(versions()).isEqualTo("access-log-index-2 access-log-index");
        }
    }

    @Test
    void withoutAQueryServiceTheCommandFailsAndSaysSo() {
        fixture.custodian().newAccessLogIndex();
        JsonNode failed = rotate();
        assertThat(failed.path("state").asString()).isEqualTo("FAILED");
        assertThat(failed.path("error").asString()).contains("no query-service has looked");
        assertThat(fixture.bean(AccessIndexVersions.class).active()).isEqualTo(1);
    }

    private JsonNode rotate() {
        Client controller = fixture.client().as("controller:ann");
        Answer begun = controller.post("/v1/keys/operations", "{\"kind\":\"access-log-index\"}");
        assertThat(begun.status()).as(begun.text()).isEqualTo(202);
        return await().atMost(Duration.ofMinutes(4))
                .until(
                        () -> controller.get(begun.header("Location")).json(),
                        operation -> !operation.path("state").asString().matches("PENDING|RUNNING"));
    }

    private String versions() {
        StringBuilder versions = new StringBuilder();
        for (JsonNode key :
                fixture.client().as("controller:ann").get("/v1/keys").json().path("keys")) {
            if (key.path("name").asString().equals("access-log-index")) {
                key.path("versions")
                        .forEach(each ->
                                versions.append(each.path("version").asString()).append(' '));
            }
        }
        return versions.toString().strip();
    }
}
