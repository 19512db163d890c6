package eu.diplomatics.registry.registration;

import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** Bodies of requests as bytes, within bounds: the domain reads them, strictly, in one place for every way in. */
public final class Bodies {
    private Bodies() {}

    public static byte[] json(HttpServletRequest request) {
        checkType(request.getContentType());
        if (request.getContentLengthLong() > QualificationJson.MAX_BYTES) {
            throw tooLarge();
        }
        byte[] body;
        try {
            body = request.getInputStream().readNBytes(QualificationJson.MAX_BYTES + 1);
        } catch (IOException e) {
            throw ProblemException.of(ProblemCode.MALFORMED, "The body ends before its end.");
        }
        if (body.length > QualificationJson.MAX_BYTES) {
            throw tooLarge();
        }
        return body;
    }

    private static void checkType(@Nullable String contentType) {
        try {
            MediaType type = contentType == null ? null : MediaType.parseMediaType(contentType);
            if (type != null
                    && type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                    && (type.getCharset() == null || StandardCharsets.UTF_8.equals(type.getCharset()))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // falls through to the same answer as any other type
        }
        throw ProblemException.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The body is application/json in UTF-8.");
    }

    private static ProblemException tooLarge() {
        return ProblemException.of(
                ProblemCode.TOO_LARGE, "A body has at most " + QualificationJson.MAX_BYTES + " bytes.");
    }
}
