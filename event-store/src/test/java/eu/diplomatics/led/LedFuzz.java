package eu.diplomatics.led;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.led.LedDoor.Entrance;
import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.qualification.Examples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/** Abuse case 8, ASVS 1.5.1: a message of the LED and a question of a file are read, answered or refused; nothing else is thrown. */
class LedFuzz {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));

    private final LedDoor door = new LedDoor(new LedSchemas(), new LedReplies("test.example/registry", CLOCK));
    private final LedSignatures signatures = new LedSignatures(LedSigners.load(List.of()), CLOCK);

    /** As a message; and, where something stands before an empty line, that as a file's context and the rest as a question. */
    @FuzzTest
    void led(byte[] body) throws IOException {
        try {
            LedEnvelope envelope =
                    LedEnvelope.read("text/xml", new ByteArrayInputStream(body), Bounds.MESSAGE, Duration.ofMinutes(5));
            LedService.of(envelope.payload()).ifPresent(service -> ask(service, envelope));
            assertThat(signatures.signer(envelope, null)).isNull(); // nobody is known who could have signed
        } catch (LedRefusedException expected) {
            assertThat(expected.code()).matches("[A-Z_0-9]+");
        }
        LedRow.supplierReference(body)
                .ifPresent(reference -> assertThat(reference).isNotBlank());
        for (int i = 0; i < body.length - 1; i++) {
            if (body[i] == '\n' && body[i + 1] == '\n') {
                byte[] context = Arrays.copyOfRange(body, 0, i);
                byte[] question = Arrays.copyOfRange(body, i + 2, body.length);
                assertThat(LedRow.registration(context, question, Examples.LEGACY, name -> true))
                        .isNotNull();
                return;
            }
        }
    }

    private void ask(LedService service, LedEnvelope envelope) {
        if (door.enter(service, envelope.payload()) instanceof Entrance.Asked(LedQuestion question)) {
            switch (service) {
                case GEEF_BEWIJS -> assertThat(question.insz()).isNotNull();
                case REGISTREER_BEWIJS ->
                    assertThat(question.registration(Examples.STRICT)).isNotNull();
                case REGISTREER_MUTATIE_BEWIJS -> {
                    assertThat(question.correction(Examples.STRICT)).isNotNull();
                    assertThat(question.seen()).isNotNull();
                }
                case ANNULEER_BEWIJS ->
                    assertThat(question.annulment(Examples.STRICT)).isNotNull();
            }
            if (service != LedService.GEEF_BEWIJS) {
                assertThat(question.subject()).isNotNull();
            }
        }
    }
}
