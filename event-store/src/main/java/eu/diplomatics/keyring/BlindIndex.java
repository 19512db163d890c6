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

    private static final int PSEUDONYM_BYTES = 32;

    private final Function<String, SecretBytes> secrets;
    private final Function<List<IndexRequest>, List<byte[]>> custodian;

    public BlindIndex(Keyring keyring, Custodian custodian) {
        this(keyring::secret, custodian::index);
    }

    BlindIndex(Function<String, SecretBytes> secrets, Function<List<IndexRequest>, List<byte[]>> custodian) {
        this.secrets = secrets;
        this.custodian = custodian;
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
     * Makes our half of a version's key, and asks the custodian for its half.
     *
     * @throws KeyRefusedException when the custodian has none of this version
     */
    void prepare(int version) {
        secrets.apply(firstKey(IndexTerm.Kind.HOLDER_INSZ, version)).close();
        List<byte[]> answer = custodian.apply(
                List.of(new IndexRequest(IndexTerm.Kind.HOLDER_INSZ.custodianKey(version), new byte[PSEUDONYM_BYTES])));
        if (answer.size() != 1) {
            throw new KeysUnavailableException("the custodian did not answer what it was asked");
        }
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
