package eu.diplomatics.fuzz;

import static eu.diplomatics.fuzz.Read.checked;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.qualification.Checked;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.qualification.PartialDate;
import java.nio.charset.StandardCharsets;

/** ASVS 2.2.1: a national number is eleven digits with the right check number, and a date stands as it would be written. */
class InszFuzz {
    @FuzzTest
    void insz(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (checked(Insz.parse(text, true)) instanceof Checked.Valid<Insz>(Insz insz)) {
            assertThat(insz.digits()).isEqualTo(text).matches("[0-9]{11}");
            long nine = Long.parseLong(text.substring(0, 9));
            assertThat(Integer.parseInt(text.substring(9)))
                    .isIn((int) (97 - nine % 97), (int) (97 - (2_000_000_000L + nine) % 97));
        }
        PartialDate.parse(text).ifPresent(date -> assertThat(date).hasToString(text));
    }
}
