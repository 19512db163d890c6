package eu.diplomatics.backup.portable;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is inside the encrypted files, for the recipient only: {@code data/plaintext-manifest.age}.
 *
 * @param order hash of what the operators approved
 * @param log where it begins and ends; of an export since a position, {@code from} is where the one before ended
 * @param types events by type
 * @param content events by what there is of them: present, shredded, lost
 */
public record PlaintextManifest(
        String type,
        String order,
        Span log,
        long events,
        Map<String, Long> types,
        Map<String, Long> content,
        List<File> files) {
    public static final String TYPE = "diplomatics export v1";
    public static final String NAME = "data/plaintext-manifest.age";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public PlaintextManifest {
        types = new TreeMap<>(types);
        content = new TreeMap<>(content);
        files = List.copyOf(files);
    }

    /** Sizes, and the RFC 6962 roots over that many leaves, hex. */
    public record Span(Head from, Head to) {}

    public record Head(long size, String root) {}

    /** @param sha256 of the file once decrypted and decompressed */
    public record File(String name, String sha256, long first, long last) {}

    public byte[] bytes() {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }

    public static PlaintextManifest parse(byte[] bytes) {
        return JSON.readValue(bytes, PlaintextManifest.class);
    }
}
