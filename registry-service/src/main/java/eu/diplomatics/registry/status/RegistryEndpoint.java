package eu.diplomatics.registry.status;

import eu.diplomatics.eventstore.EventReader;
import eu.diplomatics.registry.relay.Relay;
import eu.diplomatics.registry.relay.RelayState;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** How long the log is and how much of it Kafka has: {@code GET /actuator/registry}. */
@Component
@Endpoint(id = "registry")
class RegistryEndpoint {
    private final EventReader reader;
    private final Relay relay;

    RegistryEndpoint(EventReader reader, Relay relay) {
        this.reader = reader;
        this.relay = relay;
    }

    /**
     * @param head position of the last event
     * @param relayed everything up to here is acknowledged by Kafka
     * @param relaying whether Kafka takes records at the moment
     */
    record Positions(long head, long relayed, long relayLag, boolean relaying) {}

    @ReadOperation
    Positions positions() {
        RelayState state = relay.state();
        long head = reader.head().position();
        return new Positions(head, state.position(), Math.max(0, head - state.position()), state.publishing());
    }
}
