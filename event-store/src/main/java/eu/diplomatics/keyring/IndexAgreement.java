package eu.diplomatics.keyring;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the custodian's endpoints have the index keys that were used from the beginning. Under different ones the same
 * person would get a holder at each site, so an endpoint's answers are not used before its digest of a value that
 * everybody knows is the one that is kept; whoever was away is looked at again, and everybody once a minute. Sites that
 * disagree before there is one are all refused: which of them is right cannot be told from here.
 */
final class IndexAgreement {
    private static final Logger LOG = LoggerFactory.getLogger(IndexAgreement.class);
    private static final Duration BELIEVED = Duration.ofMinutes(1);
    private static final byte[] PROBE = "diplomatics index probe value v1".getBytes(StandardCharsets.US_ASCII);

    private final IndexProbes probes;
    private final Ask ask;
    /** When each was found to agree, by {@link System#nanoTime()}. */
    private final Map<Seen, Long> seen = new ConcurrentHashMap<>();

    private record Seen(URI endpoint, String label) {}

    /** Has one value digested under one key at one endpoint. */
    interface Ask {
        byte[] digest(URI endpoint, String label, byte[] value);
    }

    IndexAgreement(IndexProbes probes, Ask ask) {
        this.probes = probes;
        this.ask = ask;
    }

    /**
     * Returns when this endpoint's keys are the ones that were used before or, where none was, those of the others, as far
     * as others answer. Waits for nobody who asks at the same time.
     *
     * @throws KeysUnavailableException when they are not, or the endpoint or the keyring does not answer
     */
    void check(URI endpoint, Collection<String> labels, Collection<URI> all) {
        for (String label : labels) {
            Seen key = new Seen(endpoint, label);
            Long at = seen.get(key);
            long now = System.nanoTime();
            // of many who come when the minute is over one looks again
            if (at == null || now - at > BELIEVED.toNanos() && seen.replace(key, at, now)) {
                check(endpoint, label, all);
                seen.put(key, System.nanoTime());
            }
        }
    }

    /** It did not answer, or not as it should: it is looked at again. */
    void forget(URI endpoint) {
        seen.keySet().removeIf(each -> each.endpoint.equals(endpoint));
    }

    /**
     * Returns when every endpoint has the key of this label, and all have the same one.
     *
     * @throws KeyRefusedException when one has none
     * @throws IndexKeysDifferException when theirs are not the same
     * @throws KeysUnavailableException also when one does not answer
     */
    void requireEverywhere(String label, Collection<URI> all) {
        byte[] known = probes.find(label).orElse(null);
        KeysUnavailableException missing = null;
        for (URI endpoint : all) {
            try {
                byte[] digest = ask.digest(endpoint, label, PROBE);
                known = known == null ? digest : known;
                compare(label, known, digest);
            } catch (IndexKeysDifferException e) {
                throw e;
            } catch (KeysUnavailableException e) {
                // that it is not there is more to the point than that somebody did not answer
                missing = missing instanceof KeyRefusedException ? missing : e;
            }
        }
        if (missing != null) {
            throw missing;
        }
    }

    private void check(URI endpoint, String label, Collection<URI> all) {
        byte[] digest = ask.digest(endpoint, label, PROBE);
        Optional<byte[]> kept = probes.find(label);
        if (kept.isEmpty()) {
            compareWithOthers(endpoint, label, digest, all);
        }
        compare(label, kept.orElseGet(() -> probes.keep(label, digest)), digest);
    }

    private void compareWithOthers(URI endpoint, String label, byte[] digest, Collection<URI> all) {
        for (URI other : all) {
            if (!other.equals(endpoint)) {
                byte[] theirs;
                try {
                    theirs = ask.digest(other, label, PROBE);
                } catch (KeysUnavailableException e) {
                    LOG.info("a site of the custodian is not asked about {} yet: {}", label, e.getMessage());
                    continue;
                }
                compare(label, digest, theirs);
            }
        }
    }

    private static void compare(String label, byte[] one, byte[] other) {
        if (!MessageDigest.isEqual(one, other)) {
            LOG.error("ALARM: sites of the custodian have different keys named {}", label);
            throw new IndexKeysDifferException(label);
        }
    }
}
