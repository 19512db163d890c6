package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.Ports;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The loopback ports of one installation: eleven in a row, the last two where callers show tokens.
 *
 * @param tokens whether callers show tokens of the installation's own provider, or name themselves in a header
 */
public record Addresses(int base, boolean tokens) {
    public static final int DEFAULT_BASE = 8081;
    private static final int LOWEST = 1024;
    private static final int HIGHEST = 65_000;

    public Addresses {
        if (base < LOWEST || base > HIGHEST) {
            throw new IllegalArgumentException("--port-base takes a number from " + LOWEST + " to " + HIGHEST);
        }
    }

    /** Where callers name themselves in a header. */
    public Addresses(int base) {
        this(base, false);
    }

    public Addresses withTokens(boolean wanted) {
        return new Addresses(base, wanted);
    }

    /** The same, for a number that somebody typed. */
    public static Addresses from(long base) {
        return new Addresses(Math.clamp(base, 0, HIGHEST + 1));
    }

    public int registry() {
        return base;
    }

    public int query() {
        return base + 1;
    }

    public int custodian() {
        return base + 2;
    }

    public int postgresA() {
        return base + 3;
    }

    public int postgresB() {
        return base + 4;
    }

    public int kafka() {
        return base + 5;
    }

    public int kafkaController() {
        return base + 6;
    }

    public int witness() {
        return base + 7;
    }

    public int custodian2() {
        return base + 8;
    }

    public int provider() {
        return base + 9;
    }

    public int portal() {
        return base + 10;
    }

    public String portalUrl() {
        return "http://127.0.0.1:" + portal();
    }

    /** Also the provider's name in its tokens. */
    public String providerUrl() {
        return "http://127.0.0.1:" + provider();
    }

    public String registryUrl() {
        return "http://127.0.0.1:" + registry();
    }

    public String queryUrl() {
        return "http://127.0.0.1:" + query();
    }

    public String witnessUrl() {
        return "http://127.0.0.1:" + witness();
    }

    public String kafkaBootstrap() {
        return "127.0.0.1:" + kafka();
    }

    /** The ports that somebody else listens on, by what we wanted them for. */
    public Map<String, Integer> taken() {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        wanted.put("registry", registry());
        wanted.put("query", query());
        wanted.put("custodian", custodian());
        wanted.put("PostgreSQL A", postgresA());
        wanted.put("PostgreSQL B", postgresB());
        wanted.put("Kafka", kafka());
        wanted.put("Kafka controller", kafkaController());
        wanted.put("witness", witness());
        wanted.put("the custodian's second site", custodian2());
        if (tokens) {
            wanted.put("identity provider", provider());
            wanted.put("portal", portal());
        }
        wanted.values().removeIf(Ports::isFree);
        return wanted;
    }
}
