package eu.diplomatics.quickstart.sample;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.HolderIdentity;
import eu.diplomatics.qualification.HolderIdentity.ByInsz;
import eu.diplomatics.qualification.HolderIdentity.ByName;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.PartialDate;
import eu.diplomatics.qualification.QualificationCommand.RegisterQualification;
import eu.diplomatics.qualification.QualificationJson;
import eu.diplomatics.qualification.RequestRules;
import eu.diplomatics.taxonomy.Admission;
import eu.diplomatics.taxonomy.Institutions;
import eu.diplomatics.taxonomy.Taxonomy;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The sample data")
class SampleGeneratorTest {
    private static final LocalDate UNTIL = LocalDate.of(2026, 9, 30);
    private static final RequestRules RULES = new RequestRules(Mode.STRICT, true, UNTIL);
    private static final List<SampleRegistration> SAMPLE = sample(42, 30_000);

    @Test
    void are_the_same_for_the_same_seed_and_other_for_another() {
        assertThat(sample(42, 3_000)).isEqualTo(SAMPLE.subList(0, 3_000));
        Set<Object> others =
                sample(43, 3_000).stream().map(r -> r.request().holder()).collect(Collectors.toSet());
        assertThat(SAMPLE.subList(0, 3_000))
                .filteredOn(r -> others.contains(r.request().holder()))
                .hasSizeLessThan(30);
    }

    @Test
    void are_accepted_by_every_rule_there_is_as_they_would_be_sent() {
        Taxonomy taxonomy = Taxonomy.current();
        Admission admission = new Admission(() -> taxonomy, Institutions::sample);
        for (SampleRegistration sample : SAMPLE) {
            assertThat(QualificationJson.readRegistration(sample.json(), RULES).orElseThrow())
                    .isEqualTo(sample.request());
            RegisterQualification command = admission
                    .register(sample.supplier(), sample.request(), Mode.STRICT)
                    .orElseThrow();
            assertThat(command.derived().iscedField2013()).isNotNull();
            for (FollowUp followUp : sample.followUps()) {
                if (followUp instanceof FollowUp.Correction(var request)) {
                    admission.correct(sample.supplier(), request, Mode.STRICT).orElseThrow();
                    assertThat(request.basis()).isNotEqualTo(sample.request().basis());
                }
            }
        }
    }

    @Test
    void are_about_nobody_real_and_no_two_people_share_a_number_or_a_reference() {
        People people = new People(7, Names.load());
        Set<HolderIdentity> seen = new HashSet<>();
        LongStream.range(0, 200_000).mapToObj(people::person).forEach(person -> {
            assertThat(seen.add(person.identity())).isTrue();
            assertThat(person.identity())
                    .matches(identity -> identity instanceof ByName
                            || (identity instanceof ByInsz(var insz) && insz.isTestNumber()));
        });
        assertThat(SAMPLE)
                .doesNotHaveDuplicates()
                .extracting(r -> r.request().supplierReference())
                .doesNotHaveDuplicates();
    }

    @Test
    void peak_in_June_and_September_and_lie_between_1999_and_the_last_day() {
        Map<Integer, Long> byMonth = SAMPLE.stream()
                .map(r -> r.request().basis().awardedOn().month())
                .filter(Objects::nonNull)
                .collect(Collectors.groupingBy(month -> month, Collectors.counting()));
        long all = byMonth.values().stream().mapToLong(Long::longValue).sum();
        assertThat(byMonth.get(6)).isGreaterThan(all / 2);
        for (int month : List.of(3, 4, 5, 10, 11, 12)) {
            assertThat(byMonth.get(9)).isGreaterThan(3 * byMonth.getOrDefault(month, 0L));
        }
        assertThat(SAMPLE)
                .allMatch(r -> r.request().basis().awardedOn().year() >= 1999
                        && !r.request().basis().awardedOn().isAfter(UNTIL));
        assertThat(SAMPLE.stream()
                        .map(r -> r.request().basis().awardedOn().year())
                        .distinct())
                .hasSize(28);
    }

    @Test
    void give_many_people_several_diplomas_in_sensible_order() {
        Map<HolderIdentity, List<SampleRegistration>> byPerson = SAMPLE.stream()
                .collect(Collectors.groupingBy(r -> r.request().holder(), LinkedHashMap::new, Collectors.toList()));
        long several =
                byPerson.values().stream().filter(list -> list.size() > 1).count();
        assertThat(several).isBetween(byPerson.size() / 3L, byPerson.size() * 4L / 5);
        assertThat(SAMPLE.size() / (double) byPerson.size()).isBetween(1.7, 3.5);
        for (List<SampleRegistration> list : byPerson.values()) {
            List<PartialDate> dates = list.stream().map(r -> right(r)).toList();
            assertThat(dates).isSorted();
            int master = position(list, "Master");
            if (master >= 0 && position(list, "Academische bachelor") >= 0) {
                assertThat(position(list, "Academische bachelor")).isLessThan(master);
            }
            if (position(list, "Doctor") >= 0 && dates.getFirst().year() > 2006) {
                assertThat(Math.max(master, position(list, "Licentiaat")))
                        .isGreaterThanOrEqualTo(0)
                        .isLessThan(position(list, "Doctor"));
            }
        }
    }

    @Test
    void span_levels_fields_institutions_and_suppliers() {
        assertThat(distinct(r -> r.supplier())).hasSizeGreaterThan(20);
        assertThat(distinct(r -> r.request().basis().institution())).hasSizeGreaterThan(70);
        assertThat(distinct(r -> r.request().basis().subject().code())).hasSizeGreaterThan(90);
        assertThat(distinct(r -> r.request().basis().degree())).hasSizeGreaterThan(18);
        assertThat(distinct(r -> r.request().basis().country())).hasSizeGreaterThan(10);
    }

    @Test
    void have_corrections_annulments_reinstatements_and_people_without_a_number() {
        assertThat(share(r -> r.followUps().stream().anyMatch(FollowUp.Correction.class::isInstance)))
                .isBetween(0.004, 0.015);
        assertThat(share(r -> r.followUps().stream().anyMatch(FollowUp.Annulment.class::isInstance)))
                .isBetween(0.001, 0.006);
        assertThat(share(r -> r.followUps().stream().anyMatch(FollowUp.Reinstatement.class::isInstance)))
                .isBetween(0.0001, 0.003);
        assertThat(share(r -> r.request().holder() instanceof ByName)).isBetween(0.01, 0.04);
        assertThat(SAMPLE.stream()
                        .map(r -> r.request().holder())
                        .filter(ByName.class::isInstance)
                        .map(holder -> ((ByName) holder).familyName()))
                .anyMatch(name -> name.chars().anyMatch(c -> c > 0x300));
    }

    private static PartialDate right(SampleRegistration registration) {
        return registration.followUps().stream()
                .filter(FollowUp.Correction.class::isInstance)
                .map(f -> ((FollowUp.Correction) f).request().basis().awardedOn())
                .findFirst()
                .orElse(registration.request().basis().awardedOn());
    }

    private static int position(List<SampleRegistration> list, String degree) {
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            var basis = list.get(i).request().basis();
            if (basis.kind().equals("Diploma")) {
                positions.putIfAbsent(basis.degree(), i);
            }
        }
        return positions.getOrDefault(degree, -1);
    }

    private static <T> Set<T> distinct(java.util.function.Function<SampleRegistration, T> of) {
        return SAMPLE.stream().map(of).collect(Collectors.toSet());
    }

    private static double share(Predicate<SampleRegistration> of) {
        return SAMPLE.stream().filter(of).count() / (double) SAMPLE.size();
    }

    private static List<SampleRegistration> sample(long seed, int count) {
        return new SampleGenerator(seed, Taxonomy.current(), Institutions.sample(), UNTIL)
                .registrations()
                .limit(count)
                .toList();
    }
}
