package eu.diplomatics.taxonomy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.qualification.Mode;
import eu.diplomatics.qualification.Rejection;
import eu.diplomatics.qualification.RejectionCode;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A supplier")
class InstitutionsTest {
    private final Institutions institutions = Institutions.sample();

    @Test
    void registers_for_its_own_institutions_only() {
        assertThat(check("kuleuven", "110131", Mode.STRICT)).isEmpty();
        assertThat(check("kuleuven", "110114", Mode.STRICT)).contains(RejectionCode.NOT_YOUR_INSTITUTION);
        assertThat(check("kuleuven", "110114", Mode.LEGACY)).contains(RejectionCode.NOT_YOUR_INSTITUTION);
        assertThat(check("nobody", "110131", Mode.STRICT)).contains(RejectionCode.NOT_YOUR_INSTITUTION);
    }

    @Test
    void of_a_whole_sector_hands_over_records_of_unlisted_institutions_in_mode_legacy() {
        assertThat(check("vdab", "123456", Mode.LEGACY)).isEmpty();
        assertThat(check("vdab", null, Mode.LEGACY)).isEmpty();
        assertThat(check("vdab", "123456", Mode.STRICT)).contains(RejectionCode.NOT_YOUR_INSTITUTION);
        assertThat(check("kuleuven", null, Mode.LEGACY)).contains(RejectionCode.NOT_YOUR_INSTITUTION);
    }

    @Test
    void of_a_whole_sector_never_registers_for_a_listed_institution_that_is_not_its_own() {
        assertThat(check("secundair-onderwijs", "110131", Mode.LEGACY)).contains(RejectionCode.NOT_YOUR_INSTITUTION);
        assertThat(check("secundair-onderwijs", "28118", Mode.LEGACY)).isEmpty();
    }

    @Test
    void is_known_by_the_name_the_LED_gives_it_too() {
        assertThat(institutions.supplier("SYNTRA Vlaanderen").orElseThrow().id())
                .isEqualTo("syntra-vlaanderen");
    }

    @Test
    void has_institutions_whose_kind_the_taxonomy_knows() {
        assertThat(institutions.suppliers())
                .hasSizeGreaterThan(20)
                .allSatisfy(s -> assertThat(institutions.of(s))
                        .isNotEmpty()
                        .allMatch(i -> Taxonomy.current()
                                .file()
                                .values()
                                .awardingBody()
                                .contains(i.type())));
    }

    @Test
    void with_an_institution_or_an_id_that_cannot_be_stops_the_start() {
        String institution = "{\"number\": \"1\", \"name\": \"x\", \"type\": \"VDAB\"}";
        for (String suppliers : List.of(
                "{\"id\": \"a\", \"name\": \"a\", \"legacyWide\": false, \"institutions\": [\"2\"]}",
                "{\"id\": \"A b\", \"name\": \"a\", \"legacyWide\": false, \"institutions\": [\"1\"]}",
                "{\"id\": \"a\", \"name\": \"a\", \"extra\": 1, \"institutions\": [\"1\"]}")) {
            String file = "{\"institutions\": [" + institution + "], \"suppliers\": [" + suppliers + "]}";
            assertThatThrownBy(() -> Institutions.read(new ByteArrayInputStream(file.getBytes(UTF_8))))
                    .isInstanceOf(InvalidTaxonomyException.class);
        }
    }

    private Optional<RejectionCode> check(
            String supplier, @org.jspecify.annotations.Nullable String number, Mode mode) {
        return institutions
                .check(supplier, new Basis.Institution("x", number), mode)
                .map(Rejection::code);
    }
}
