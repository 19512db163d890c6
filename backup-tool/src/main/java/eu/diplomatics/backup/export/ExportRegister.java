package eu.diplomatics.backup.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.portable.BagSignature;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.receipt.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which exports lie at the second provider, and which lay there: one object beside them, signed by the export key and
 * replaced as a whole. What was removed stays in it, with when and how much.
 */
public final class ExportRegister {
    static final String PREFIX = "exports/";
    static final String NAME = PREFIX + "register.json";
    private static final String TYPE = "diplomatics export register v1";
    private static final long LARGEST = 4L << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    private final Place place;
    private final Path signingKey;
    private final byte[] publicKey;

    /** @param publicKey of the signing key, X.509 encoding */
    public ExportRegister(Place place, Path signingKey, byte[] publicKey) {
        this.place = place;
        this.signingKey = signingKey;
        this.publicKey = publicKey;
    }

    /**
     * @param id of the order
     * @param bag SHA-256 of its tag manifest
     * @param verifiedAt when its last byte was read back there
     * @param removedAt when the place had nothing of it any more
     * @param removedObjects how many went
     * @param identityDestroyedAt when whoever could open it destroyed the identity; absent while that is not filed
     * @param identityDestroyedBy who says so
     */
    public record Entry(
            String id,
            String recipient,
            long since,
            long until,
            String bag,
            Instant verifiedAt,
            @Nullable Instant removedAt,
            long removedObjects,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant identityDestroyedAt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String identityDestroyedBy) {
        Entry removed(Instant at, long objects) {
            return new Entry(id, recipient, since, until, bag, verifiedAt, at, objects, null, null);
        }

        Entry identityDestroyed(Instant at, String by) {
            return new Entry(id, recipient, since, until, bag, verifiedAt, removedAt, removedObjects, at, by);
        }

        public boolean remains() {
            return removedAt == null;
        }
    }

    private record Statement(String type, List<Entry> exports) {}

    /** The oldest first. */
    public List<Entry> entries() throws IOException, PortableException {
        return read(place, List.of(publicKey));
    }

    /**
     * The same for who signs nothing.
     *
     * @param believed public keys, X.509 encoding
     */
    static List<Entry> read(Place place, List<byte[]> believed) throws IOException, PortableException {
        byte[] stored;
        try (InputStream in = place.open(NAME)) {
            stored = in.readNBytes((int) LARGEST);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        try {
            JsonNode json = JSON.readTree(stored);
            String text = json.path("statement").asString("");
            byte[] signature = Base64.getDecoder().decode(json.path("signature").asString(""));
            if (BagSignature.isBelieved(believed, message(text), signature)) {
                return JSON.readValue(text, Statement.class).exports();
            }
        } catch (JacksonException | IllegalArgumentException e) {
            throw new PortableException(Code.BAG_BROKEN, "the register of exports cannot be read", e);
        }
        throw new PortableException(Code.BAG_BROKEN, "the register of exports is not signed by the export key");
    }

    /**
     * Files that the identity which opened an export is no more.
     *
     * @param id of an export that was removed
     * @throws PortableException when it is still there, was never there, or that was filed before
     */
    public Entry fileDestroyedIdentity(String id, Instant at, String by) throws IOException, PortableException {
        Entry entry = entries().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new PortableException(Code.NOT_THAT_EXPORT, "there never was an export " + id));
        if (entry.remains()) {
            throw new PortableException(Code.NOT_THAT_EXPORT, "export " + id + " is still there");
        }
        if (entry.identityDestroyedAt() != null) {
            throw new PortableException(
                    Code.NOT_THAT_EXPORT, "that was filed at " + entry.identityDestroyedAt() + " for export " + id);
        }
        Entry filed = entry.identityDestroyed(at, by);
        put(filed);
        return filed;
    }

    /** The newest whole export that is there. */
    static Optional<Entry> newest(List<Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.remains() && entry.since() == 0)
                .reduce((one, later) -> later);
    }

    void put(Entry entry) throws IOException, PortableException {
        List<Entry> entries = new ArrayList<>(entries());
        boolean replaced = false;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).id().equals(entry.id())) {
                entries.set(i, entry);
                replaced = true;
            }
        }
        if (!replaced) {
            entries.add(entry);
        }
        String text = CanonicalJson.text(JSON.convertValue(new Statement(TYPE, entries), MEMBERS));
        ObjectNode signed = JSON.createObjectNode();
        signed.put("statement", text);
        signed.put("signature", Base64.getEncoder().encodeToString(BagSignature.sign(signingKey, message(text))));
        place.replace(NAME, signed.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] message(String text) {
        return (TYPE + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }
}
