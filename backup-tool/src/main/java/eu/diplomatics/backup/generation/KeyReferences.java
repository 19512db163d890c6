package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.generation.Manifest.Table;
import eu.diplomatics.backup.segment.CopyFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the keyring of a generation has every key that its log and access log need, as their tables pass: of each event
 * the data key of its stream in each generation of data keys that it is sealed under, of tags and of rows of the access log
 * the version of the named secret. Keys come before ciphertexts and those before the headers of the log; tails go on where
 * the generation, or the tail before, ended. Not thread-safe.
 */
public final class KeyReferences {
    private static final Pattern CIPHERTEXT = Pattern.compile("eventstore\\.ciphertext_([0-9]+)");
    private static final String REFERENCE_KEY = "reference-key";
    private static final String ACCESS_LOG_SEAL = "access-log-seal";
    private static final String JOB = "JOB";
    private static final int TOLD = 5;

    private final Map<Integer, StreamSet> dataKeys = new TreeMap<>();
    private final Map<Integer, Positions> ciphertexts = new TreeMap<>();
    private final StreamSet shreddedStreams = new StreamSet();
    private final Set<String> secrets = new HashSet<>();
    private final Set<String> neededSecrets = new TreeSet<>();
    private final Set<Integer> tagVersions = new TreeSet<>();
    private final Map<Integer, List<Long>> missing = new TreeMap<>();
    private final Map<Integer, Long> missingCount = new TreeMap<>();
    private final Set<String> toldSecrets = new HashSet<>();
    private long shredded;
    private boolean tagged;

    private static final class Positions {
        private long last;
        private boolean gap;
    }

    Consumer<ByteBuffer> of(Table table) {
        return of(table.name(), table.columns());
    }

    /** A table of which all rows come anew, in the place of those that came. */
    public void anew(String table) {
        Matcher ciphertext = CIPHERTEXT.matcher(table);
        if (ciphertext.matches()) {
            ciphertexts.remove(Integer.parseInt(ciphertext.group(1)));
        }
    }

    /** What is missing from here on is told by itself. */
    public void tellAnew() {
        missing.clear();
        missingCount.clear();
        toldSecrets.addAll(missingSecrets());
    }

    /**
     * What looks at its rows.
     *
     * @param table with its schema
     */
    public Consumer<ByteBuffer> of(String table, List<String> columns) {
        Matcher ciphertext = CIPHERTEXT.matcher(table);
        if (ciphertext.matches()) {
            Positions positions =
                    ciphertexts.computeIfAbsent(Integer.parseInt(ciphertext.group(1)), any -> new Positions());
            int position = columns.indexOf("position");
            return row -> {
                long found = CopyFormat.field(row, 0, position).getLong();
                positions.gap |= found != positions.last + 1;
                positions.last = found;
            };
        }
        return switch (table) {
            case "keyring.data_key" -> dataKey(columns);
            case "keyring.shredding" -> shredding(columns);
            case "keyring.secret" -> row -> secrets.add(text(row, columns.indexOf("name")));
            case "accesslog.entry",
                    "accesslog.recipient",
                    "accesslog.change",
                    "accesslog.notice",
                    "accesslog.agency_case",
                    "accesslog.case_news" -> sealedEntry(columns);
            case "eventstore.event_tag" -> row -> tagged = true;
            case "eventstore.tag_state" -> tagState(columns);
            case LogRows.TABLE -> event(columns);
            default -> row -> {};
        };
    }

    private Consumer<ByteBuffer> dataKey(List<String> columns) {
        int id = columns.indexOf("id");
        int generation = columns.indexOf("generation");
        int regime = columns.indexOf("regime");
        return row -> {
            if (!JOB.equals(text(row, regime))) {
                dataKeys.computeIfAbsent(CopyFormat.field(row, 0, generation).getInt(), any -> new StreamSet())
                        .add(CopyFormat.field(row, 0, id));
            }
        };
    }

    private Consumer<ByteBuffer> shredding(List<String> columns) {
        int stream = columns.indexOf("stream");
        int at = columns.indexOf("shredded_at");
        return row -> {
            if (!CopyFormat.isNull(row, 0, at)) {
                shreddedStreams.add(CopyFormat.field(row, 0, stream));
            }
        };
    }

    private Consumer<ByteBuffer> sealedEntry(List<String> columns) {
        int version = columns.indexOf("seal_key");
        Set<Integer> seen = new HashSet<>();
        return row -> {
            int sealKey = CopyFormat.field(row, 0, version).getShort();
            if (seen.add(sealKey)) {
                neededSecrets.add(named(ACCESS_LOG_SEAL, sealKey));
            }
        };
    }

    private Consumer<ByteBuffer> tagState(List<String> columns) {
        int current = columns.indexOf("current");
        int next = columns.indexOf("next");
        return row -> {
            tagVersions.add(CopyFormat.field(row, 0, current).getInt());
            if (!CopyFormat.isNull(row, 0, next)) {
                tagVersions.add(CopyFormat.field(row, 0, next).getInt());
            }
        };
    }

    private Consumer<ByteBuffer> event(List<String> columns) {
        int position = columns.indexOf("position");
        int stream = columns.indexOf("stream");
        return row -> {
            long at = CopyFormat.field(row, 0, position).getLong();
            boolean gone = false;
            for (Map.Entry<Integer, Positions> sealed : ciphertexts.entrySet()) {
                if (sealed.getValue().last < at) {
                    continue;
                }
                StreamSet keys = dataKeys.get(sealed.getKey());
                if (keys != null && keys.has(CopyFormat.field(row, 0, stream))) {
                    continue;
                }
                if (shreddedStreams.has(CopyFormat.field(row, 0, stream))) {
                    gone = true;
                } else {
                    missing(sealed.getKey(), at);
                }
            }
            shredded += gone ? 1 : 0;
        };
    }

    private void missing(int generation, long position) {
        missingCount.merge(generation, 1L, Long::sum);
        List<Long> told = missing.computeIfAbsent(generation, any -> new ArrayList<>());
        if (told.size() < TOLD) {
            told.add(position);
        }
    }

    private static String text(ByteBuffer row, int field) {
        return StandardCharsets.UTF_8.decode(CopyFormat.field(row, 0, field)).toString();
    }

    private static String named(String name, int version) {
        return version == 1 ? name : name + "-" + version;
    }

    /** Events whose stream was shredded: they have no key, and the ledger says why. */
    long shredded() {
        return shredded;
    }

    /** Whether the ciphertexts of some generation of data keys are not one an event, from the first on. */
    boolean hasGap() {
        return ciphertexts.values().stream().anyMatch(positions -> positions.gap);
    }

    /** Named secrets that something was made with and that are not there. */
    private Set<String> missingSecrets() {
        Set<String> needed = new TreeSet<>(neededSecrets);
        if (tagged) {
            tagVersions.forEach(version -> needed.add(named(REFERENCE_KEY, version)));
        }
        needed.removeAll(secrets);
        return needed;
    }

    /** In words, what has no key. */
    public List<String> missing() {
        List<String> found = new ArrayList<>();
        missing.forEach((generation, positions) -> found.add("data keys of generation " + generation + " for "
                + missingCount.getOrDefault(generation, 0L) + " events, such as at " + positions));
        missingSecrets().stream()
                .filter(name -> !toldSecrets.contains(name))
                .forEach(name -> found.add("secret " + name));
        return found;
    }
}
