package eu.diplomatics.quickstart.sample;

import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.Taxonomy;
import java.time.LocalDate;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Invented people and their diplomas since 1999, as believable as a demonstration needs: levels, fields, institutions,
 * peaks in June and September, several diplomas a person in sensible order, corrections, annulments, people without a
 * number. The same seed and last day give the same people. Nobody is real: every number has its month raised by 60.
 *
 * <p>Shares and peaks are assumptions, not statistics.
 */
public final class SampleGenerator {
    /** How many people there can be before numbers would repeat. */
    public static final long MAX_PEOPLE = People.COUNT;

    private final People people;
    private final Careers careers;

    /** @param until the last day on which anything is awarded */
    public SampleGenerator(long seed, Taxonomy taxonomy, Institutions institutions, LocalDate until) {
        people = new People(seed, Names.load());
        careers = new Careers(seed, taxonomy, new Places(institutions), Programmes.load(), until);
    }

    /** Registrations without end to speak of, person after person, made as they are taken: limit it. */
    public Stream<SampleRegistration> registrations() {
        return LongStream.range(0, MAX_PEOPLE).boxed().flatMap(i -> careers.of(people.person(i)).stream());
    }
}
