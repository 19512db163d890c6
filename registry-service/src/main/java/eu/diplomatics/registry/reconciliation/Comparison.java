package eu.diplomatics.registry.reconciliation;

import eu.diplomatics.registry.reconciliation.DigestList.Line;
import eu.diplomatics.registry.reconciliation.RecordDigests.Digest;
import eu.diplomatics.registry.reconciliation.RegisteredRecords.Held;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Two lists held against each other. */
final class Comparison {
    /** Of each kind that are named; all are counted. */
    private static final int NAMED = 10_000;

    private final Some missingHere = new Some();
    private final Some missingThere = new Some();
    private final Some different = new Some();
    private long same;

    private Comparison() {}

    private static final class Some {
        private final List<Map<String, Object>> named = new ArrayList<>();
        private long count;

        void add(Map<String, Object> one) {
            count++;
            if (named.size() < NAMED) {
                named.add(one);
            }
        }

        Map<String, Object> document() {
            return Map.of("count", count, "named", named);
        }
    }

    /**
     * @param holders hashes of the holders' identities, those that were erased left out
     */
    static Comparison of(DigestList list, Map<UUID, Held> held, Map<UUID, String> holders) {
        Comparison comparison = new Comparison();
        Set<Digest> met = new HashSet<>();
        held.forEach((reference, one) -> {
            Digest digest = list.digests().reference(one.supplierReference);
            Line line = list.lines().get(digest);
            met.add(digest);
            if (line == null) {
                comparison.missingThere.add(named(reference, one));
                return;
            }
            String holder = holders.get(one.holder());
            if (holder != null
                    && list.digests()
                            .record(one.supplierReference, one.basisHash(), holder)
                            .equals(line.record())) {
                comparison.same++;
                return;
            }
            Map<String, Object> named = named(reference, one);
            named.put("line", line.number());
            named.put("holderErased", holder == null);
            comparison.different.add(named);
        });
        list.lines().forEach((digest, line) -> {
            if (!met.contains(digest)) {
                comparison.missingHere.add(Map.of("line", line.number()));
            }
        });
        return comparison;
    }

    private static Map<String, Object> named(UUID reference, Held one) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("reference", reference.toString());
        named.put("supplierReference", one.supplierReference);
        named.put("state", one.annulled() ? "ANNULLED" : "REGISTERED");
        return named;
    }

    /** Members of the statement. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("same", same);
        document.put("missingHere", missingHere.document());
        document.put("missingThere", missingThere.document());
        document.put("different", different.document());
        return document;
    }
}
