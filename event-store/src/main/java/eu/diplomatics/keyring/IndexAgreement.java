package eu.diplomatics.keyring;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the custodian's endpoints have the same index keys. Under different ones the same person would get a holder at
 * each site, so an endpoint's answers are not used before its digest of a value that everybody knows is that of the
 * others; whoever was away is looked at again, and everybody once a minute. Sites that disagree when they are first seen are all refused: which of them
 * is right cannot be told from here.
 */
final class IndexAgreement {
    private static final Logger LOG = LoggerFactory.getLogger(IndexAgreement.class);
    private static final Duration BELIEVED = Duration.ofMinutes(1);
    private static final byte[] PROBE = "diplomatics index probe value v1".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, byte[]> agreed = new HashMap<>();
    /** When each was found to agree, by {@link System#nanoTime()}. */
    private final Map<Seen, Long> seen = new ConcurrentHashMap<>();

    private final Ask ask;

    private record Seen(URI endpoint, String label) {}

    /** Has one value digested under one key at one endpoint. */
    interface Ask {
        byte[] digest(URI endpoint, String label, byte[] value);
    }

    IndexAgreement(Ask ask) {
        this.ask = ask;
    }

    /**
     * Returns when this endpoint's keys are those of the others, as far as others answer.
     *
     * @throws KeysUnavailableException when they are not, or the endpoint does not answer
     */
    void check(URI endpoint, Collection<String> labels, Collection<URI> all) {
        for (String label : labels) {
            Long at = seen.get(new Seen(endpoint, label));
            if (at == null || System.nanoTime() - at > BELIEVED.toNanos()) {
                check(endpoint, label, all);
            }
        }
    }

    /**
     * Returns when every endpoint has the key of this label, and all have the same one.
     *
     * @throws KeyRefusedException when one has none
     * @throws IndexKeysDifferException when theirs are not the same
     * @throws KeysUnavailableException also when one does not answer
     */
    void requireEverywhere(String label, Collection<URI> all) {
        Map<URI, byte[]> digests = new HashMap<>();
        KeysUnavailableException missing = null;
        for (URI endpoint : all) {
            try {
                digests.put(endpoint, ask.digest(endpoint, label, PROBE));
            } catch (KeysUnavailableException e) {
                // that it is not there is more to the point than that somebody did not answer
                missing = missing instanceof KeyRefusedException ? missing : e;
            }
        }
        remember(label, digests, missing == null);
        if (missing != null) {
            throw missing;
        }
    }

    private synchronized void remember(String label, Map<URI, byte[]> digests, boolean all) {
        byte[] known = agreed.get(label);
        for (byte[] digest : digests.values()) {
            known = known == null ? digest : known;
            compare(label, known, digest);
        }
        if (all && known != null) {
            agreed.put(label, known);
            digests.keySet().forEach(endpoint -> seen.put(new Seen(endpoint, label), System.nanoTime()));
        }
    }

    /** It did not answer, or not as it should: it is looked at again. */
    void forget(URI endpoint) {
        seen.keySet().removeIf(each -> each.endpoint.equals(endpoint));
    }

    private synchronized void check(URI endpoint, String label, Collection<URI> all) {
        byte[] digest = ask.digest(endpoint, label, PROBE);
        byte[] known = agreed.get(label);
        if (known != null) {
            compare(label, known, digest);
        } else {
            for (URI other : others(endpoint, all)) {
                try {
                    compare(label, digest, ask.digest(other, label, PROBE));
                    seen.put(new Seen(other, label), System.nanoTime());
                } catch (IndexKeysDifferException e) {
                    throw e;
                } catch (KeysUnavailableException e) {
                    LOG.info("a site of the custodian is not asked about {} yet: {}", label, e.getMessage());
                }
            }
            agreed.put(label, digest);
        }
        seen.put(new Seen(endpoint, label), System.nanoTime());
    }

    private static List<URI> others(URI endpoint, Collection<URI> all) {
        List<URI> others = new ArrayList<>(all);
        others.remove(endpoint);
        return others;
    }

    private static void compare(String label, byte[] one, byte[] other) {
        if (!MessageDigest.isEqual(one, other)) {
            LOG.error("ALARM: sites of the custodian have different keys named {}", label);
            throw new IndexKeysDifferException(label);
        }
    }
}
