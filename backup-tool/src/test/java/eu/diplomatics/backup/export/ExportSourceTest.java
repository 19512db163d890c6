package eu.diplomatics.backup.export;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.DomainEvent.KeepingEvent;
import eu.diplomatics.qualification.DomainEvent.ReferenceEvent;
import eu.diplomatics.qualification.EventCodec;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExportSourceTest {
    /** What is missing here would be exported as if it were about a person. */
    @Test
    void whatTheControllerKeepsAndWhatIsAboutTheLogItselfIsAboutNobody() {
        EventCodec codec = new EventCodec();
        assertThat(ExportSource.ABOUT_NOBODY.split(","))
                .containsExactlyInAnyOrderElementsOf(Stream.of(KeepingEvent.class, ReferenceEvent.class)
                        .flatMap(kind -> codec.types(kind).stream())
                        .toList());
    }
}
