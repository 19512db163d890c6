package eu.diplomatics.query.problem;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a JSON body, by code and place; Jackson's own messages quote the input, so none is used. */
final class UnreadableBody {
    private static final String DOCUMENT_TOO_LONG = "Document length";

    private UnreadableBody() {}

    static ProblemException map(HttpMessageNotReadableException failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            switch (each) {
                case StreamConstraintsException limit -> {
                    return String.valueOf(limit.getOriginalMessage()).startsWith(DOCUMENT_TOO_LONG)
                            ? ProblemException.of(ProblemCode.TOO_LARGE, "The body is longer than allowed.")
                            : ProblemException.of(ProblemCode.MALFORMED, "The body is nested or sized beyond reason.");
                }
                case UnrecognizedPropertyException unknown -> {
                    // its own name is the caller's text, so the pointer stops at the object around it
                    List<JacksonException.Reference> path = unknown.getPath();
                    return at(
                            ProblemCode.UNKNOWN_FIELD,
                            path.isEmpty() ? path : path.subList(0, path.size() - 1),
                            "A field here is not known.");
                }
                case StreamReadException syntax
                when isDuplicate(syntax) -> {
                    return at(ProblemCode.DUPLICATE_KEY, syntax.getPath(), "A key stands here twice.");
                }
                case StreamReadException syntax -> {
                    return ProblemException.of(ProblemCode.MALFORMED, "The body is no JSON document.");
                }
                case JacksonException shape -> {
                    return at(ProblemCode.MALFORMED, shape.getPath(), "The value has another type than described.");
                }
                default -> {
                    // look at the cause
                }
            }
        }
        return ProblemException.of(ProblemCode.MALFORMED, "The body cannot be read.");
    }

    private static boolean isDuplicate(StreamReadException syntax) {
        return String.valueOf(syntax.getOriginalMessage()).startsWith("Duplicate Object property");
    }

    private static ProblemException at(ProblemCode code, List<JacksonException.Reference> path, String message) {
        String pointer = path.stream()
                .map(reference ->
                        "/" + (reference.getIndex() >= 0 ? reference.getIndex() : reference.getPropertyName()))
                .collect(Collectors.joining());
        return ProblemException.at(code, pointer, message);
    }
}
