package eu.diplomatics.registry.problem;

import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import java.util.Comparator;
import java.util.List;

/** What the domain refuses, as a problem detail: the gravest kind decides the status, all of them are listed. */
public final class Rejections {
    private Rejections() {}

    public static <T> T orProblem(Checked<T> checked) {
        return switch (checked) {
            case Checked.Valid<T>(T value) -> value;
            case Checked.Invalid<T>(List<Rejection> rejections) -> throw problem(rejections);
        };
    }

    public static ProblemException problem(List<Rejection> rejections) {
        Rejection gravest = rejections.stream()
                .min(Comparator.comparing(
                        (Rejection rejection) -> rejection.code().kind()))
                .orElseThrow();
        return ProblemException.ofRule(
                status(gravest.code().kind()),
                gravest.code().name(),
                title(gravest.code().kind()),
                gravest.message(),
                rejections.stream()
                        .map(rejection -> new Problem.Place(
                                rejection.pointer(), rejection.code().name(), rejection.message()))
                        .toList());
    }

    private static int status(RejectionCode.Kind kind) {
        return switch (kind) {
            case UNREADABLE -> 400;
            case FORBIDDEN -> 403;
            case UNKNOWN -> 404;
            case CONFLICT -> 409;
            case INVALID -> 422;
        };
    }

    private static String title(RejectionCode.Kind kind) {
        return switch (kind) {
            case UNREADABLE -> "The request cannot be read";
            case FORBIDDEN -> "The caller may not do this";
            case UNKNOWN -> "There is nothing with this reference";
            case CONFLICT -> "The request contradicts what is recorded";
            case INVALID -> "The content breaks a rule";
        };
    }
}
