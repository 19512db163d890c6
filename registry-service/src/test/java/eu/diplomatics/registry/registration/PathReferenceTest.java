package eu.diplomatics.registry.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.registry.problem.ProblemException;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** References in addresses: one spelling each, and no answer that tells a wrong one from an unknown one. */
class PathReferenceTest {
    @Test
    void aReferenceInEitherCase() {
        UUID reference = UUID.randomUUID();
        assertThat(PathReference.qualification(reference.toString())).isEqualTo(reference);
        assertThat(PathReference.qualification(reference.toString().toUpperCase(Locale.ROOT)))
                .isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1-1-1-1-1",
                "0197f0c0-0000-7000-8000-00000000000",
                "{0197f0c0-0000-7000-8000-000000000001}",
                "0197f0c0-0000-7000-8000-000000000001 "
            })
    void whatIsNoneIsUnknown(String text) {
        assertThatThrownBy(() -> PathReference.read(text, "There is no such link."))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.code()).isEqualTo("UNKNOWN_REFERENCE");
                    assertThat(e.detail()).isEqualTo("There is no such link.");
                });
    }
}
