package eu.diplomatics.sealing;

/** Names of a log in its checkpoints: one for each incarnation, so that no two trees have the same. */
public final class LogOrigin {
    private static final String FIRST = "/1";

    private LogOrigin() {}

    /**
     * The origin of an incarnation.
     *
     * @param first that of the first one, which ends with its number: {@code registry.example/events/1}
     */
    public static String name(String first, int incarnation) {
        if (incarnation == 1) {
            return first;
        }
        String stem = first.endsWith(FIRST) ? first.substring(0, first.length() - FIRST.length()) : first;
        return stem + "/" + incarnation;
    }
}
