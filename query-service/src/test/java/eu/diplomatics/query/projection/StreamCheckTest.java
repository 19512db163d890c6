package eu.diplomatics.query.projection;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.qualification.DomainEvent;
import eu.diplomatics.qualification.EventCodec;
import org.junit.jupiter.api.Test;

class StreamCheckTest {
    /** A type that is missing here would be set aside as broken, with an alarm. */
    @Test
    void everyEventThatThisProgramCanReadIsAnsweredFrom() {
        assertThat(StreamCheck.KNOWN).isEqualTo(new EventCodec().types(DomainEvent.class));
    }
}
