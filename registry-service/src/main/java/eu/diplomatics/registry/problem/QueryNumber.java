package eu.diplomatics.registry.problem;

/** Whole numbers in the query of an address. */
public final class QueryNumber {
    private QueryNumber() {}

    /** One within bounds, both included; {@link ProblemCode#MALFORMED} at the parameter's name for anything else. */
    public static long read(String text, String name, long least, long most) {
        if (text.matches("[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw ProblemException.at(
                ProblemCode.MALFORMED, "query/" + name, "a whole number from " + least + " to " + most);
    }
}
