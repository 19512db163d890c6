package eu.diplomatics.keyring;

import eu.diplomatics.envelope.Hmac;
import eu.diplomatics.envelope.SecretBytes;
import eu.diplomatics.keyring.Custodian.IndexRequest;
import java.util.ArrayList;
import java.util.Collection;
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
     * The values of all terms, with one call to the custodian.
     *
     * @throws KeysUnavailableException when the lease has ended or the custodian does not answer
     */
    public Map<IndexTerm, BlindIndexValue> of(Collection<IndexTerm> terms) {
        List<IndexTerm> distinct = new ArrayList<>(new LinkedHashSet<>(terms));
        if (distinct.isEmpty()) {
            return Map.of();
        }
        List<IndexRequest> requests = new ArrayList<>(distinct.size());
        try (SecretBytes first = secrets.apply(FIRST_KEY)) {
            for (IndexTerm term : distinct) {
                requests.add(new IndexRequest(term.kind().custodianKey(), Hmac.sha256(first, encode(term))));
            }
        }
        List<byte[]> values = custodian.apply(requests);
        Map<IndexTerm, BlindIndexValue> result = LinkedHashMap.newLinkedHashMap(distinct.size());
        for (int i = 0; i < distinct.size(); i++) {
            result.put(distinct.get(i), new BlindIndexValue(VERSION, values.get(i)));
        }
        return result;
    }

    /** The value of one term. */
    public BlindIndexValue of(IndexTerm term) {
        return of(List.of(term)).values().iterator().next();
    }

    private static byte[] encode(IndexTerm term) {
        KeyContext encoding = KeyContext.of(term.kind().code());
        term.parts().forEach(encoding::text);
        return encoding.bytes();
    }
}
