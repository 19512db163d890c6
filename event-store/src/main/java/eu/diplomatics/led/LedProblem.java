package eu.diplomatics.led;

import org.jspecify.annotations.Nullable;

/**
 * One exception [uitzondering] of an answer.
 *
 * @param ourCode the code of docs/error-codes.md that it stands for; null where the LED's says it all
 * @param element the element it is about, as a path of names; null for the question as a whole
 */
public record LedProblem(
        LedCode code, @Nullable String ourCode, @Nullable String element) {
    public static LedProblem of(LedCode code) {
        return new LedProblem(code, null, null);
    }
}
