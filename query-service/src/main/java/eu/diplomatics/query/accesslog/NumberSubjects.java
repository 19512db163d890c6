package eu.diplomatics.query.accesslog;

import eu.diplomatics.accesslog.Subjects;
import eu.diplomatics.keyring.AccessIndexVersions;
import eu.diplomatics.keyring.BlindIndex;
import eu.diplomatics.keyring.BlindIndexValue;
import eu.diplomatics.keyring.IndexTerm;
import eu.diplomatics.qualification.Insz;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Under which pseudonyms the access log has people who were asked for by national number. */
public final class NumberSubjects {
    private final BlindIndex index;
    private final AccessIndexVersions versions;

    NumberSubjects(BlindIndex index, AccessIndexVersions versions) {
        this.index = index;
        this.versions = versions;
    }

    /** What a new row about each is found by, in the order given; all under the same version. */
    public List<IndexTerm> terms(Collection<Insz> numbers) {
        int version = versions.active();
        return numbers.stream()
                .map(number -> IndexTerm.accessLog(number, version))
                .toList();
    }

    /** The pseudonym for a new row. */
    public byte[] subject(Insz number) {
        return Subjects.ofNumber(index.of(IndexTerm.accessLog(number, versions.active())));
    }

    /**
     * The pseudonyms that rows about this number may have, by all versions of the keys, with one call to the custodian: a
     * search for all of them misses no row, whichever instance wrote it and when. Rows that were reached by reference
     * stand under {@link AccessSeal#subjectsOf}.
     */
    public List<byte[]> subjects(Insz number) {
        List<IndexTerm> terms = versions.searched().stream()
                .map(version -> IndexTerm.accessLog(number, version))
                .toList();
        return index.of(terms).values().stream().map(Subjects::ofNumber).toList();
    }

    /** As {@link #subjects(Insz)} for several, still with one call. */
    public Map<Insz, List<byte[]>> subjects(Collection<Insz> numbers) {
        List<Integer> searched = versions.searched();
        List<IndexTerm> terms = numbers.stream()
                .flatMap(number -> searched.stream().map(version -> IndexTerm.accessLog(number, version)))
                .toList();
        Map<IndexTerm, BlindIndexValue> values = index.of(terms);
        Map<Insz, List<byte[]>> subjects = new HashMap<>();
        numbers.forEach(number -> subjects.put(
                number,
                searched.stream()
                        .map(version -> values.get(IndexTerm.accessLog(number, version)))
                        .filter(Objects::nonNull)
                        .map(Subjects::ofNumber)
                        .toList()));
        return subjects;
    }
}
