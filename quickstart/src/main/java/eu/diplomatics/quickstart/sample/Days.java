package eu.diplomatics.quickstart.sample;

import java.time.LocalDate;
import java.util.SplittableRandom;

/** On which day of a year something is awarded: most in June, the second sessions in September. */
final class Days {
    private Days() {}

    static LocalDate school(int year, SplittableRandom random) {
        return random.nextInt(100) < 92
                ? LocalDate.of(year, 6, 25 + random.nextInt(6))
                : LocalDate.of(year, 8, 28 + random.nextInt(4));
    }

    static LocalDate higher(int year, SplittableRandom random) {
        int part = random.nextInt(100);
        if (part < 55) {
            return LocalDate.of(year, 6, 20 + random.nextInt(11));
        }
        if (part < 62) {
            return LocalDate.of(year, 7, 1 + random.nextInt(8));
        }
        return part < 92
                ? LocalDate.of(year, 9, 5 + random.nextInt(21))
                : LocalDate.of(year, 2, 1 + random.nextInt(20));
    }

    static LocalDate adult(int year, SplittableRandom random) {
        int part = random.nextInt(100);
        if (part < 45) {
            return LocalDate.of(year, 6, 30);
        }
        return part < 75 ? LocalDate.of(year, 1, 31) : any(year, random);
    }

    static LocalDate any(int year, SplittableRandom random) {
        return LocalDate.ofYearDay(year, 1 + random.nextInt(365));
    }
}
