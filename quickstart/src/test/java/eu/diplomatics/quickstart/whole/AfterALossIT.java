package eu.diplomatics.quickstart.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.quickstart.log.LogCommand;
import eu.diplomatics.quickstart.whole.WholeRegistry.Answer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Both services, the witness and the command: what goes on purpose is gone at once, what goes by accident is said. */
@DisplayName("When something is gone")
class AfterALossIT {
    private static final String SUPPLIER = "kuleuven";
    private static final String TITLE = "master in de wiskunde";

    @TempDir
    private Path folder;

    @Test
    void a_log_that_lost_its_end_goes_on_with_a_command_and_so_do_the_answers() throws Exception {
        try (WholeRegistry registry = new WholeRegistry(folder.resolve("home")).start()) {
            long kept = register(registry, "kept", 1);
            awaitSealed(registry, kept);
            register(registry, "gone", 2);
            long lost = register(registry, "again", 3);
            assertThat(status(registry, 3, lost)).isEqualTo("FOUND");
            awaitSealed(registry, lost);
            cutBehind(registry, kept);

            Path proposal = registry.layout().home().resolve("resumption-2.note");
            assertThat(command(registry, "ann", "resume", "TAIL_CUT"))
                    .contains("kept is everything up to position " + kept)
                    .contains(proposal.toString());
            assertThat(command(registry, "bob", "confirm", proposal.toString()))
                    .contains("goes on in incarnation 2 at position " + (lost + 1));
            assertThat(command(registry, "ann", "resumptions")).contains("incarnation 2 since");

            long again = register(registry, "again", 3);
            assertThat(again).isGreaterThan(lost + 1);
            awaitSealed(registry, again);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(status(registry, 1, 0)).isEqualTo("FOUND");
                assertThat(status(registry, 2, 0))
                        .as("lost, and not registered again")
                        .isEqualTo("NOT_FOUND");
                assertThat(status(registry, 3, again)).isEqualTo("FOUND");
            });

            assertErasedAtOnce(registry, 3);
        }
    }

    /** Nothing is awaited: the next answer is without it. */
    private static void assertErasedAtOnce(WholeRegistry registry, int person) throws Exception {
        Answer shredded = registry.shred("""
                {"kind":"ERASURE","insz":"%s","legalBasis":"GDPR art. 17(1)(b)","reasonCode":"REQUESTED",\
                "reason":"asked for in writing","case":"2026/17"}""".formatted(People.insz(person)));
        assertThat(shredded.status()).as(shredded.text()).isEqualTo(200);
        JsonNode answer = registry.consult(People.insz(person), 0).json();
        assertThat(answer.path("status").asString()).isEqualTo("SHREDDED");
        assertThat(answer.toString()).doesNotContain(TITLE).doesNotContain(People.insz(person));
    }

    private static long register(WholeRegistry registry, String reference, int person) throws Exception {
        Answer answer = registry.register(SUPPLIER, People.withNumber("L-" + reference, People.insz(person), TITLE));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("position").asLong();
    }

    private static String status(WholeRegistry registry, int person, long position) throws Exception {
        return registry.consult(People.insz(person), position)
                .json()
                .path("status")
                .asString();
    }

    private static void awaitSealed(WholeRegistry registry, long position) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> registry.registryGet("/v1/receipts/" + position + "/proof", SUPPLIER)
                                .status()
                        == 200);
    }

    private static String command(WholeRegistry registry, String as, String... words) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogCommand command = new LogCommand(
                registry.callers(),
                registry.registryUrl(),
                registry.layout().home(),
                registry.layout().witness(),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(command.run(List.of(words), as, 0)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void cutBehind(WholeRegistry registry, long position) throws SQLException {
        try (Connection connection = registry.superuserAtA("eventstore");
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute("DELETE FROM eventstore.event WHERE position > " + position);
        }
    }
}
