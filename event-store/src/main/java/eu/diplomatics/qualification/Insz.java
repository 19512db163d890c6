package eu.diplomatics.qualification;

/**
 * A national number (INSZ): eleven digits {@code yymmdd nnn cc} whose check number holds. It never prints itself.
 *
 * <p>The check number is 97 − (first nine digits mod 97), with a 2 before the nine digits for those born from 2000. BIS
 * numbers, for people outside the national register, have their month raised by 20 or 40; test persons by 60. Month and
 * day are 00 where they are unknown or where the numbers of a day ran out.
 */
public record Insz(String digits) {
    /** @throws IllegalArgumentException when these are not eleven digits with a right check number */
    public Insz {
        if (!isElevenDigits(digits) || !checkNumberHolds(digits)) {
            throw new IllegalArgumentException("not a national number");
        }
    }

    /** Reads a number as it stands in a request: eleven digits, no separators. */
    public static Checked<Insz> parse(String text, boolean testNumbers) {
        return parse(text, AcceptedNumbers.real(testNumbers), "");
    }

    /** As the other; {@code pointer} is the number's place in the request. */
    public static Checked<Insz> parse(String text, AcceptedNumbers accepted, String pointer) {
        if (!isElevenDigits(text)) {
            return Checked.invalid(RejectionCode.MALFORMED, pointer, "a national number has eleven digits");
        }
        if (!checkNumberHolds(text)) {
            return Checked.invalid(
                    RejectionCode.INSZ_CHECKSUM, pointer, "the check number of the national number is wrong");
        }
        int month = twoDigits(text, 2);
        if (month % 20 > 12 || month > 72 || twoDigits(text, 4) > daysIn(month % 20)) {
            return Checked.invalid(
                    RejectionCode.MALFORMED, pointer, "the national number does not begin with a possible date");
        }
        if (month >= 60 && !accepted.ofTestPersons()) {
            return Checked.invalid(
                    RejectionCode.INSZ_TEST_NOT_ALLOWED, pointer, "numbers of test persons are not accepted here");
        }
        if (month < 60 && !accepted.blockedBy().isEmpty()) {
            return Checked.invalid(
                    RejectionCode.GO_LIVE_BLOCKED,
                    pointer,
                    "real national numbers are not accepted before this installation is ready; not fulfilled: "
                            + String.join(", ", accepted.blockedBy()));
        }
        return Checked.valid(new Insz(text));
    }

    /** Whether the number is a test person's: its month is raised by 60. */
    public boolean isTestNumber() {
        return twoDigits(digits, 2) >= 60;
    }

    private static boolean isElevenDigits(String text) {
        return text.length() == 11 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean checkNumberHolds(String digits) {
        long nine = Long.parseLong(digits, 0, 9, 10);
        int check = twoDigits(digits, 9);
        return check == 97 - nine % 97 || check == 97 - (2_000_000_000L + nine) % 97;
    }

    private static int twoDigits(String digits, int from) {
        return Integer.parseInt(digits, from, from + 2, 10);
    }

    private static int daysIn(int month) {
        return switch (month) {
            case 2 -> 29;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    @Override
    public String toString() {
        return "Insz[redacted]";
    }
}
