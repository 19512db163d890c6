package eu.diplomatics.backup.generation;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A UTC day and which attempt of that day, from 1: {@code 2026-11-22-01}. */
public record GenerationId(LocalDate day, int attempt) implements Comparable<GenerationId> {
    private static final Pattern FORM = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{2})");
    private static final int MOST_ATTEMPTS = 99;

    public GenerationId {
        if (attempt < 1 || attempt > MOST_ATTEMPTS) {
            throw new IllegalArgumentException("from 1 to " + MOST_ATTEMPTS + " attempts a day");
        }
    }

    /** @throws IllegalArgumentException when it is none */
    public static GenerationId parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no id of a generation");
        }
        try {
            return new GenerationId(LocalDate.parse(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no id of a generation", e);
        }
    }

    @Override
    public int compareTo(GenerationId other) {
        int days = day.compareTo(other.day);
        return days != 0 ? days : Integer.compare(attempt, other.attempt);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s-%02d", day, attempt);
    }
}
