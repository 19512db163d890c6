package eu.diplomatics.backup.portable;

import com.github.luben.zstd.ZstdInputStream;
import eu.diplomatics.receipt.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Qualifications drawn from an export, and what has to be answered about them, as digests under a key that was drawn too:
 * {@code {key, until, questions: [{reference, version, digest}]}}. Nothing that was answered stands in it.
 */
public final class BagSample {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final byte[] key = new byte[KEY_BYTES];
    private final int most;
    /** By rank under the key: those with the lowest ranks are the sample, wherever they stand in the log. */
    private final TreeMap<Long, Record> drawn = new TreeMap<>();

    private BagSample(int most) {
        this.most = most;
        new SecureRandom().nextBytes(key);
    }

    private record Question(String reference, long version, String digest) {}

    private record Sample(String key, long until, List<Question> questions) {}

    /** What is known of a qualification so far. */
    private static final class Record {
        private final UUID reference;
        private final String supplier;
        private final String supplierReference;
        private JsonNode basis;
        private String state = "REGISTERED";
        private long version = 1;
        /** Its content is there no more. */
        private boolean gone;

        Record(UUID reference, JsonNode registered) {
            this.reference = reference;
            this.supplier = registered.path("supplier").asString("");
            this.supplierReference = registered.path("supplierReference").asString("");
            this.basis = registered.path("basis");
        }
    }

    /**
     * Reads the whole bag once.
     *
     * @param bag that was verified
     * @param most how many are drawn
     * @return JSON, for whoever asks
     */
    public static byte[] of(Path bag, String identity, int most) throws IOException, PortableException {
        BagSample sample = new BagSample(most);
        PlaintextManifest manifest;
        try (InputStream in = Age.decrypting(Files.newInputStream(bag.resolve(PlaintextManifest.NAME)), identity)) {
            manifest = PlaintextManifest.parse(in.readAllBytes());
        }
        for (PlaintextManifest.File file : manifest.files()) {
            try (LineReader lines = new LineReader(
                    new ZstdInputStream(Age.decrypting(Files.newInputStream(bag.resolve(file.name())), identity)))) {
                for (byte[] line = lines.next(); line.length > 0; line = lines.next()) {
                    sample.note(EventLine.parse(line));
                }
            }
        }
        return sample.bytes(manifest.log().to().size());
    }

    private void note(EventLine line) {
        long rank = rank(line.context().stream());
        byte[] body = line.body();
        Record known = drawn.get(rank);
        if (known == null) {
            if (body != null
                    && line.context().type().equals("QualificationRegistered")
                    && (drawn.size() < most || rank < drawn.lastKey())) {
                drawn.put(rank, new Record(line.context().stream(), event(body)));
                if (drawn.size() > most) {
                    drawn.pollLastEntry();
                }
            }
            return;
        }
        known.version = line.context().version();
        known.gone |= body == null;
        if (body != null) {
            switch (line.context().type()) {
                case "QualificationCorrected" -> known.basis = event(body).path("basis");
                case "QualificationAnnulled" -> known.state = "ANNULLED";
                case "QualificationReinstated" -> known.state = "REGISTERED";
                default -> {
                    // whose it is, and whether it is disputed, is not asked
                }
            }
        }
    }

    private static JsonNode event(byte[] body) {
        return JsonMapper.shared().readTree(body).path("event");
    }

    private byte[] bytes(long until) {
        List<Question> questions = new ArrayList<>();
        for (Record each : drawn.values()) {
            if (!each.gone) {
                String text = CanonicalJson.text(Map.of(
                        "reference",
                        each.reference.toString(),
                        "state",
                        each.state,
                        "supplier",
                        each.supplier,
                        "supplierReference",
                        each.supplierReference,
                        "fullName",
                        each.basis.path("fullName").asString(""),
                        "awardedOn",
                        each.basis.path("awardedOn").asString("")));
                questions.add(new Question(
                        each.reference.toString(),
                        each.version,
                        HexFormat.of().formatHex(digest(text.getBytes(StandardCharsets.UTF_8)))));
            }
        }
        return JsonMapper.shared()
                .writeValueAsBytes(new Sample(Base64.getEncoder().encodeToString(key), until, questions));
    }

    private long rank(UUID stream) {
        return ByteBuffer.wrap(digest(stream.toString().getBytes(StandardCharsets.US_ASCII)))
                .getLong();
    }

    private byte[] digest(byte[] text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
