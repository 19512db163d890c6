package eu.diplomatics.query.disclosure;

import eu.diplomatics.query.disclosure.Answers.Consultation;
import eu.diplomatics.query.disclosure.Answers.Verdict;

/** What a question about one person comes to: an answer, or why there is none. */
sealed interface Outcome {
    record Answered(Consultation consultation) implements Outcome {}

    record Decided(Verdict verdict) implements Outcome {}

    record Refused(RuntimeException reason) implements Outcome {}

    /** The reason is thrown by whoever asked. */
    static IllegalStateException ofAnotherQuestion() {
        return new IllegalStateException("the answer to another question");
    }
}
