package eu.diplomatics.keyring;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Blind index {@code HMAC(k2, HMAC(k1, kind and parts))}: k1 is ours, under the KEK lease; k2 never leaves the
 * custodian, which sees pseudonyms only. Neither key alone can enumerate the numbers.
 */
public final class BlindIndex {
    static final int VERSION = 1;
    static final String FIRST_KEY = "index-k1";
    /** From the second version on; the first one is the holders' too. */
    static final String ACCESS_LOG_FIRST_KEY = "access-log-index-k1";

    private final Function<String, SecretBytes> secrets;
    private final Function<List<IndexRequest>, List<byte[]>> custodian;
    private final Consumer<String> custodianKey;

    public BlindIndex(Keyring keyring, Custodian custodian) {
        this(keyring::secret, custodian::index, custodian::requireIndexKey);
    }

    BlindIndex(
            Function<String, SecretBytes> secrets,
            Function<List<IndexRequest>, List<byte[]>> custodian,
            Consumer<String> custodianKey) {
        this.secrets = secrets;
        this.custodian = custodian;
        this.custodianKey = custodianKey;
    }

    /**
     * The values of all terms under the first version, with one call to the custodian.
     *
     * @throws KeysUnavailableException when the lease has ended or the custodian does not answer
     */
    public Map<IndexTerm, BlindIndexValue> of(Collection<IndexTerm> terms) {
        return of(terms, List.of(VERSION)).getFirst();
    }

    /** As {@link #of(Collection)}, for each of these versions, still with one call. */
    List<Map<IndexTerm, BlindIndexValue>> of(Collection<IndexTerm> terms, List<Integer> versions) {
        List<IndexTerm> distinct = new ArrayList<>(new LinkedHashSet<>(terms));
        List<IndexRequest> requests = requests(distinct, versions);
        List<byte[]> values = requests.isEmpty() ? List.of() : custodian.apply(requests);
        List<Map<IndexTerm, BlindIndexValue>> results = new ArrayList<>(versions.size());
        int at = 0;
        for (int version : versions) {
            Map<IndexTerm, BlindIndexValue> result = LinkedHashMap.newLinkedHashMap(distinct.size());
            for (IndexTerm term : distinct) {
                result.put(term, new BlindIndexValue(term.version(version), values.get(at++)));
            }
            results.add(result);
        }
        return results;
    }

    private List<IndexRequest> requests(List<IndexTerm> terms, List<Integer> versions) {
        List<IndexRequest> requests = new ArrayList<>(terms.size() * versions.size());
        Map<String, SecretBytes> first = new HashMap<>();
        try {
            for (int version : versions) {
                for (IndexTerm term : terms) {
                    int own = term.version(version);
                    SecretBytes key = first.computeIfAbsent(firstKey(term.kind(), own), secrets);
                    requests.add(new IndexRequest(term.kind().custodianKey(own), Hmac.sha256(key, encode(term))));
                }
            }
            return requests;
        } finally {
            first.values().forEach(SecretBytes::close);
        }
    }

    /** The value of one term under the first version. */
    public BlindIndexValue of(IndexTerm term) {
        return of(List.of(term)).values().iterator().next();
    }

    /**
     * Returns when the custodian has its half of a version's key, the same at every site, and makes ours.
     *
     * @throws KeyRefusedException when a site of the custodian has none of this version: ours is not made then
     */
    void prepare(int version) {
        custodianKey.accept(IndexTerm.Kind.HOLDER_INSZ.custodianKey(version));
        secrets.apply(firstKey(IndexTerm.Kind.HOLDER_INSZ, version)).close();
    }

    /** The name of our half. */
    static String firstKey(IndexTerm.Kind kind, int version) {
        return kind == IndexTerm.Kind.ACCESS_LOG && version > 1
                ? IndexTerm.versioned(ACCESS_LOG_FIRST_KEY, version)
                : IndexTerm.versioned(FIRST_KEY, version);
    }

    private static byte[] encode(IndexTerm term) {
        KeyContext encoding = KeyContext.of(term.kind().code());
        term.parts().forEach(encoding::text);
        return encoding.bytes();
    }
}
