package eu.diplomatics.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.Checked;

/** What was read is something, or is refused for a reason. */
final class Read {
    private Read() {}

    static <T> Checked<T> checked(Checked<T> result) {
        if (result instanceof Checked.Invalid<T> invalid) {
            assertThat(invalid.rejections()).isNotEmpty();
        }
        return result;
    }
}
