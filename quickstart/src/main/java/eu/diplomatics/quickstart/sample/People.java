package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.PartialDate;
import java.time.LocalDate;
import java.util.SplittableRandom;

/**
 * People by their index. A birthday and a serial number follow from the index by a permutation, so no two have the same
 * national number and none need be remembered.
 */
final class People {
    private static final LocalDate FIRST_BIRTHDAY = LocalDate.of(1962, 1, 1);
    private static final long DAYS = LocalDate.of(2008, 1, 1).toEpochDay() - FIRST_BIRTHDAY.toEpochDay();

    /** Serial numbers of a day: 001 to 997, odd for men, even for women. */
    private static final long SERIALS = 997;

    static final long COUNT = DAYS * SERIALS;

    /** Has no factor in common with {@link #COUNT}: multiplying by it visits every place once. */
    private static final long STRIDE = 7_368_787;

    private final long seed;
    private final Names names;

    People(long seed, Names names) {
        this.seed = seed;
        this.names = names;
    }

    Person person(long index) {
        SplittableRandom random = random(seed, index, 1);
        long place = Math.floorMod(index * STRIDE + random(seed, 0, 0).nextLong(COUNT), COUNT);
        LocalDate birthDate = FIRST_BIRTHDAY.plusDays(place / SERIALS);
        int serial = (int) (place % SERIALS) + 1;
        boolean woman = serial % 2 == 0;
        Names.Roots roots = random.nextInt(100) < 16 ? names.roots(random) : null;
        boolean withoutNumber = random.nextInt(1000) < (roots == null ? 8 : 80);
        HolderIdentity identity =
                withoutNumber ? byName(index, birthDate, woman, roots, random) : new ByInsz(insz(birthDate, serial));
        return new Person(index, birthDate, roots, identity);
    }

    private HolderIdentity byName(
            long index,
            LocalDate birthDate,
            boolean woman,
            Names.@org.jspecify.annotations.Nullable Roots roots,
            SplittableRandom random) {
        String given = roots == null
                ? names.given(woman, birthDate.getYear(), random)
                : Names.pick(woman ? roots.women() : roots.men(), random);
        if (roots == null && random.nextInt(4) == 0) {
            given += " " + names.given(woman, birthDate.getYear(), random);
        }
        String family = roots == null ? names.family(random) : Names.pick(roots.families(), random);
        boolean dayUnknown = random.nextInt(12) == 0;
        return new ByName(
                family,
                given,
                dayUnknown
                        ? new PartialDate(birthDate.getYear(), null, null)
                        : new PartialDate(birthDate.getYear(), birthDate.getMonthValue(), birthDate.getDayOfMonth()),
                "S" + Long.toString(seed & 0xfffff, 36) + "-" + index);
    }

    private static Insz insz(LocalDate birthDate, int serial) {
        long nine = (birthDate.getYear() % 100) * 10_000_000L
                + (birthDate.getMonthValue() + 60) * 100_000L
                + birthDate.getDayOfMonth() * 1_000L
                + serial;
        long checked = birthDate.getYear() < 2000 ? nine : 2_000_000_000L + nine;
        long all = nine * 100 + 97 - checked % 97;
        return new Insz(Long.toString(100_000_000_000L + all).substring(1));
    }

    /** A source of chance of its own for each person and matter. */
    static SplittableRandom random(long seed, long index, int matter) {
        return new SplittableRandom(seed * 0x9e3779b97f4a7c15L + index * 31 + matter * 0xbf58476d1ce4e5b9L);
    }
}
