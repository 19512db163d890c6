package eu.diplomatics.query.caller;

import eu.diplomatics.accesslog.XRoad;
import eu.diplomatics.query.caller.Caller.Role;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which client of X-Road is which agency. Where any is named, a call through X-Road is answered only to the agency that its client
 * is; without, the client is logged as it was said.
 *
 * @param clients each client once; several may be one agency's
 */
@ConfigurationProperties("diplomatics.x-road")
public record XRoadClients(@DefaultValue List<Client> clients) {
    public XRoadClients {
        clients = List.copyOf(clients);
        if (clients.stream().map(Client::parts).distinct().count() != clients.size()) {
            throw new IllegalArgumentException("diplomatics.x-road.clients names a client twice");
        }
    }

    /**
     * A client.
     *
     * @param client as {@code X-Road-Client} has it
     * @param agency as access tokens name it
     */
    public record Client(String client, String agency) {
        List<String> parts() {
            return XRoadClients.parts(client);
        }
    }

    /** Whether this client may be who calls. */
    public boolean agree(XRoad xRoad, Caller caller) {
        List<String> said = parts(xRoad.client());
        return clients.isEmpty()
                || clients.stream()
                        .anyMatch(known -> caller.role() == Role.AGENCY
                                && known.agency().equals(caller.id())
                                && known.parts().equals(said));
    }

    /** The same client, however much of it is percent-encoded. */
    private static List<String> parts(String client) {
        return Arrays.stream(client.split("/", -1))
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
    }
}
