package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the installation is, as others see it: each service is asked, not remembered.
 *
 * @param head the last position of the event store, as the registry says
 * @param projected the position up to which the query side has followed
 * @param shipped rows of the access log that the controller's database has
 * @param token where the custodian's keys are
 */
public record Status(
        State state,
        Map<String, Service> services,
        OptionalLong head,
        OptionalLong projected,
        OptionalLong shipped,
        CustodianToken token) {
    /** Without them nobody can say who they are; not part of the contract. */
    private static final String PROVIDER = "provider";

    private static final String PORTAL = "portal";
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** READY when everything answers; DEGRADED when something that should does not. */
    public enum State {
        READY,
        STARTING,
        DEGRADED,
        DOWN
    }

    /** One service and where it answers. */
    public record Service(State state, String url) {}

    /** Asks everything that should run. */
    public static Status of(Layout layout) throws IOException {
        RunState run = new RunState(layout);
        boolean lives = run.launcherLives();
        boolean started = lives && run.started();
        Addresses addresses = run.addresses();
        Map<String, Service> services = new LinkedHashMap<>();
        State absent = !lives ? State.DOWN : started ? State.DEGRADED : State.STARTING;
        services.put("registry", service(Probes.healthy(addresses.registryUrl()), absent, addresses.registryUrl()));
        services.put("query", service(Probes.healthy(addresses.queryUrl()), absent, addresses.queryUrl()));
        for (CustodianSite site : CustodianSite.of(layout)) {
            services.put(
                    site.process(), service(Probes.custodian(layout, site, addresses), absent, site.url(addresses)));
        }
        Child.Probe bothPostgres = () -> Probes.listens(addresses.postgresA()).ready()
                && Probes.listens(addresses.postgresB()).ready();
        services.put(
                "postgres",
                service(bothPostgres, absent, "jdbc:postgresql://127.0.0.1:" + addresses.postgresA() + "/"));
        services.put("kafka", service(Probes.listens(addresses.kafka()), absent, addresses.kafkaBootstrap()));
        if (addresses.tokens()) {
            Child.Probe gives =
                    () -> Probes.get(addresses.providerUrl() + "/oauth2/jwks").isPresent();
            services.put(PROVIDER, service(gives, absent, addresses.providerUrl()));
            services.put(PORTAL, service(Probes.healthy(addresses.portalUrl()), absent, addresses.portalUrl()));
        }
        boolean all = services.values().stream().allMatch(service -> service.state() == State.READY);
        State state = !lives ? State.DOWN : !started ? State.STARTING : all ? State.READY : State.DEGRADED;
        if (state == State.DOWN) {
            services.replaceAll((name, service) -> new Service(State.DOWN, service.url()));
            OptionalLong none = OptionalLong.empty();
            return new Status(state, services, none, none, none, CustodianToken.of(layout));
        }
        return new Status(
                state, services, head(addresses), projected(addresses), shipped(addresses), CustodianToken.of(layout));
    }

    private static OptionalLong head(Addresses addresses) {
        return number(addresses.registryUrl() + "/actuator/registry", "/head");
    }

    private static OptionalLong projected(Addresses addresses) {
        return number(addresses.queryUrl() + "/actuator/projection", "/projected/position");
    }

    private static OptionalLong shipped(Addresses addresses) {
        return number(addresses.queryUrl() + "/actuator/health/accessLogShipped", "/details/shipped");
    }

    /** Waits until the query side knows everything recorded by now; tells whether it does. */
    public static boolean awaitProjected(Addresses addresses, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            OptionalLong head = head(addresses);
            OptionalLong projected = projected(addresses);
            if (head.isPresent() && projected.isPresent() && projected.getAsLong() >= head.getAsLong()) {
                return true;
            }
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** Exactly the fields of the contract, on one line; {@code custodian2} where there are two sites (decision 9). */
    public String toJson() {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("state", state.name());
        ObjectNode all = json.putObject("services");
        services.forEach((name, service) -> {
            if (!name.equals(PROVIDER) && !name.equals(PORTAL)) {
                all.putObject(name).put("state", service.state().name()).put("url", service.url());
            }
        });
        putNumber(json, "head", head);
        putNumber(json, "projected", projected);
        return json.toString();
    }

    /** The same for people. */
    public String toText() {
        StringBuilder text = new StringBuilder(state.name()).append('\n');
        services.forEach((name, service) ->
                text.append(String.format(Locale.ROOT, "  %-10s %-9s %s%n", name, service.state(), service.url())));
        if (state != State.DOWN) {
            text.append("  keys       ").append(token.text()).append('\n');
        }
        head.ifPresent(position -> text.append("  events     ").append(position).append(" recorded"));
        projected.ifPresent(position -> text.append(", ").append(position).append(" projected"));
        shipped.ifPresent(rows -> text.append("\n  accesses   ").append(rows).append(" in the controller's database"));
        return text.toString().stripTrailing();
    }

    private static Service service(Child.Probe probe, State otherwise, String url) {
        return new Service(probe.ready() ? State.READY : otherwise, url);
    }

    private static OptionalLong number(String url, String pointer) {
        Optional<JsonNode> answer = Probes.json(url);
        JsonNode value = answer.map(node -> node.at(pointer)).orElse(MAPPER.missingNode());
        return value.isIntegralNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }

    private static void putNumber(ObjectNode json, String name, OptionalLong number) {
        if (number.isPresent()) {
            json.put(name, number.getAsLong());
        } else {
            json.putNull(name);
        }
    }
}
