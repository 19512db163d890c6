package eu.diplomatics.verify;

import java.util.ArrayList;
import java.util.List;

/** What was checked, in order, and what came of it. */
final class Verdict {
    private final List<Line> lines = new ArrayList<>();

    /**
     * One check.
     *
     * @param code {@code OK}, or what exactly is wrong: stable, for programs
     */
    record Line(String check, String code, String text) {
        boolean isOk() {
            return code.equals("OK");
        }

        @Override
        public String toString() {
            return "%-12s %s  %s".formatted(check, code, text);
        }
    }

    void ok(String check, String text) {
        lines.add(new Line(check, "OK", text));
    }

    void failed(String check, String code, String text) {
        lines.add(new Line(check, code, text));
    }

    boolean isOk() {
        return !lines.isEmpty() && lines.stream().allMatch(Line::isOk);
    }

    List<Line> lines() {
        return lines;
    }
}
