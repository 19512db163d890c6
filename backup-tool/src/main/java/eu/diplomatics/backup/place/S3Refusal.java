package eu.diplomatics.backup.place;

import java.io.IOException;
import java.util.Set;

/** What an answer means that is none of those which were hoped for. */
final class S3Refusal {
    private static final Set<Integer> NOT_OFFERED = Set.of(400, 404, 405, 501);
    private static final Set<String> NOT_OFFERED_CODES =
            Set.of("NotImplemented", "MethodNotAllowed", "InvalidArgument", "InvalidRequest", "UnsupportedOperation");
    private static final Set<String> FULL =
            Set.of("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity", "StorageFull");
    private static final int REDIRECTION = 300;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;
    private static final int INSUFFICIENT_STORAGE = 507;

    private S3Refusal() {}

    /** Whether the server says that it does not know what it was asked for. */
    static boolean notOffered(S3Client.Answer answer) {
        return answer.status() == 501
                || NOT_OFFERED.contains(answer.status()) && NOT_OFFERED_CODES.contains(answer.code());
    }

    /** @param action what the server was asked to do */
    static IOException of(String place, String action, S3Client.Answer answer) {
        String told = "(" + answer.status() + (answer.code().isEmpty() ? "" : " " + answer.code()) + ")";
        if (answer.status() == INSUFFICIENT_STORAGE || FULL.contains(answer.code())) {
            return new PlaceException(
                    place + " has no room left " + told,
                    "make room there, or raise the quota; the generations that count are as they were");
        }
        if (answer.status() >= SERVER_ERROR) {
            return new IOException(place + " does not " + action + " " + told);
        }
        if (answer.status() >= REDIRECTION && answer.status() < CLIENT_ERROR) {
            return new PlaceException(
                    place + " sends elsewhere " + told,
                    "endpoint, region or style of the place is another: nothing is sent there");
        }
        return new PlaceException(
                place + " refuses to " + action + " " + told,
                switch (answer.code()) {
                    case "RequestTimeTooSkewed" -> "set this machine's clock";
                    case "SignatureDoesNotMatch", "InvalidAccessKeyId" -> "look at region and credentials of the place";
                    case "NoSuchBucket" -> "make the bucket first";
                    default -> "docs/runbooks/backup.md tells which rights the credentials need";
                });
    }
}
