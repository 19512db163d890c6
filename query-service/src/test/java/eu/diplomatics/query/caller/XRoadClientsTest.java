package eu.diplomatics.query.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.diplomatics.accesslog.XRoad;
import eu.diplomatics.query.caller.Caller.Role;
import eu.diplomatics.query.caller.XRoadClients.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R29. */
class XRoadClientsTest {
    private static final XRoad SAID = new XRoad("1", null, "BE/GOV/1/a%20b", null, null, null);

    @Test
    void withoutAnyNamedEveryClientIsLoggedAsItWasSaid() {
        assertThat(new XRoadClients(List.of()).agree(SAID, new Caller(Role.CONTROLLER, "led")))
                .isTrue();
    }

    @Test
    void aNamedOneIsAnAgencyAndNobodyElseOfTheSameName() {
        XRoadClients clients = new XRoadClients(List.of(new Client("BE/GOV/1/a b", "vdab")));
        assertThat(clients.agree(SAID, new Caller(Role.AGENCY, "vdab"))).isTrue();
        assertThat(clients.agree(SAID, new Caller(Role.SUPPLIER, "vdab"))).isFalse();
        assertThat(clients.agree(SAID, new Caller(Role.AGENCY, "other"))).isFalse();
    }

    @Test
    void oneNamedTwiceIsAMistakeThatShowsAtTheStart() {
        assertThatThrownBy(
                        () -> new XRoadClients(List.of(new Client("BE/GOV/1/a", "x"), new Client("BE/GOV/1/%61", "y"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
