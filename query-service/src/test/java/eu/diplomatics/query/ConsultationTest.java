package eu.diplomatics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.diplomatics.local.Database;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.query.RunningQuery.Answer;
import eu.diplomatics.query.TestRegistry.Registered;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** R02, R03, R04: from a sealed event on Kafka to an answer over HTTP. */
class ConsultationTest {
    private static QueryFixture fixture;
    private static RunningQuery query;

    @BeforeAll
    static void start() {
        fixture = new QueryFixture();
        query = fixture.start();
    }

    @AfterAll
    static void stop() {
        query.close();
        fixture.close();
    }

    private static String projected(Registered registered) {
        fixture.relay().publishAll();
        return Long.toString(registered.place().position());
    }

    @Test
    void aRegisteredQualificationIsFoundByNumberAndByReference() {
        Insz insz = Examples.insz(1);
        Registered registered = fixture.registry().register(insz);
        String position = projected(registered);

        Answer answer = query.consult(insz.digits(), "X-Min-Position", position);

        assertThat(answer.status()).isEqualTo(200);
        JsonNode json = answer.json();
        assertThat(json.path("status").asString()).isEqualTo("FOUND");
        assertThat(json.path("freshAsOf").path("position").asLong())
                .isGreaterThanOrEqualTo(registered.place().position());
        JsonNode found = json.path("qualifications").path(0);
        assertThat(found.path("reference").asString())
                .isEqualTo(registered.reference().toString());
        assertThat(found.path("state").asString()).isEqualTo("REGISTERED");
        assertThat(found.path("holder").path("insz").asString()).isEqualTo(insz.digits());
        assertThat(found.path("basis").path("awardedOn").asString()).isEqualTo("2019-06-28");
        assertThat(found.path("derived").path("eqf").asInt()).isEqualTo(7);

        Answer byReference = query.read("/v1/qualifications/" + registered.reference());
        assertThat(byReference.status()).isEqualTo(200);
        assertThat(byReference.json().path("version").asLong()).isEqualTo(1);
        assertThat(byReference.json().path("holder").path("insz").asString()).isEqualTo(insz.digits());
        assertThat(byReference.json().path("freshAsOf").has("recordedAt")).isTrue();
        assertThat(byReference.header("ETag")).isEqualTo("\"1\"");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> fixture.count(Database.ACCESSLOG, "SELECT count(*) FROM accesslog.entry") >= 2);
    }
}
