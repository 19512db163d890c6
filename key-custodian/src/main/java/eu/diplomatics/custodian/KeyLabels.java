package eu.diplomatics.custodian;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How keys are named. The first version of a key has its plain name, version n the name and {@code -n}; the key of a
 * day {@code epoch-} and the day.
 */
final class KeyLabels {
    static final String HOLDER_INDEX = "holder-index";
    static final String ACCESS_LOG_INDEX = "access-log-index";
    static final String RECEIPT_SIGNING = "receipt-signing";
    static final String EPOCH = "epoch-";
    static final Set<String> INDEX_KEYS = Set.of(HOLDER_INDEX, ACCESS_LOG_INDEX);

    private static final Pattern EPOCH_LABEL = Pattern.compile("epoch-\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern VERSION = Pattern.compile("-([2-9]|[1-9]\\d{1,3})");

    private KeyLabels() {}

    static boolean isEpoch(String label) {
        return EPOCH_LABEL.matcher(label).matches();
    }

    static String of(String name, int version) {
        return version == 1 ? name : name + "-" + version;
    }

    /** The version of this key that the label names. */
    static Optional<Integer> version(String name, String label) {
        if (label.equals(name)) {
            return Optional.of(1);
        }
        if (!label.startsWith(name)) {
            return Optional.empty();
        }
        var matcher = VERSION.matcher(label.substring(name.length()));
        return matcher.matches() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    /** Whether one of these keys covers the label, as one of its versions. */
    static boolean covers(Collection<String> names, String label) {
        return names.contains(label)
                || names.stream().anyMatch(name -> version(name, label).isPresent());
    }

    /** The highest version of this key there is; 0 when there is none. */
    static int latest(Collection<String> labels, String name) {
        return labels.stream()
                .flatMap(label -> version(name, label).stream())
                .max(Integer::compare)
                .orElse(0);
    }
}
