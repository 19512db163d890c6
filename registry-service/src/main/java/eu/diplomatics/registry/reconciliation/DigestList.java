package eu.diplomatics.registry.reconciliation;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.reconciliation.RecordDigests.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an institution sent: NDJSON, {@code {digestKey}} first, then a line {@code {reference, record}} for each of its
 * records, digests in hex.
 *
 * @param hash SHA-256, hex, of the body's bytes: the statement names it
 * @param lines the record's digest and the number of its line, by the reference's digest
 * @param repeated lines whose reference stood in an earlier one
 */
record DigestList(RecordDigests digests, String hash, Map<Digest, Line> lines, long repeated) {
    /** Of each part: what is compared at once is held in memory. */
    static final int MOST_LINES = 250_000;

    private static final int LINE_CHARS = 400;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** @param number from 1, that of the key not counted */
    record Line(int number, Digest record) {}

    /** @throws ProblemException when it is no such list, or belongs to another part */
    static DigestList read(InputStream body, int part, int parts) throws IOException {
        MessageDigest digest = sha256();
        Map<Digest, Line> lines = new LinkedHashMap<>();
        long repeated = 0;
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(new DigestInputStream(body, digest), StandardCharsets.UTF_8));
        RecordDigests digests = new RecordDigests(key(line(reader, 0)));
        int number = 0;
        for (String text = line(reader, 1); !text.isEmpty(); text = line(reader, number + 1)) {
            number++;
            if (number > MOST_LINES) {
                throw ProblemException.of(
                        ProblemCode.TOO_LARGE,
                        "A list has at most " + MOST_LINES + " lines: send it in parts (part, parts).");
            }
            JsonNode fields = fields(text, number, 2);
            Digest reference = digest(fields, "reference", number);
            if (reference.part(parts) != part) {
                throw malformed(number, "the reference belongs to another part");
            }
            Line before = lines.putIfAbsent(reference, new Line(number, digest(fields, "record", number)));
            repeated += before == null ? 0 : 1;
        }
        return new DigestList(digests, HexFormat.of().formatHex(digest.digest()), lines, repeated);
    }

    /** Empty at the end. */
    private static String line(BufferedReader reader, int number) throws IOException {
        StringBuilder line = new StringBuilder(LINE_CHARS);
        for (int next = reader.read(); next != -1 && next != '\n'; next = reader.read()) {
            if (line.length() == LINE_CHARS) {
                throw malformed(number, "a line is too long");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static byte[] key(String line) {
        JsonNode fields = fields(line, 0, 1);
        try {
            byte[] key = Base64.getUrlDecoder().decode(fields.path("digestKey").asString(""));
            if (key.length == RecordDigests.KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // as one of another length
        }
        throw malformed(0, "the first line is {\"digestKey\": 32 bytes in base64url}");
    }

    private static JsonNode fields(String line, int number, int count) {
        try {
            JsonNode fields = JSON.readTree(line);
            if (fields.isObject() && fields.size() == count) {
                return fields;
            }
        } catch (JacksonException e) {
            // as one of another form
        }
        throw malformed(
                number, "a line is {\"reference\": HEX, \"record\": HEX}, the first {\"digestKey\": BASE64URL}");
    }

    private static Digest digest(JsonNode fields, String name, int number) {
        try {
            return Digest.parse(fields.path(name).asString(""));
        } catch (IllegalArgumentException e) {
            throw malformed(number, name + " is 64 hexadecimal digits in small letters");
        }
    }

    private static ProblemException malformed(int number, String message) {
        return ProblemException.at(ProblemCode.MALFORMED, "line/" + number, message);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "DigestList[" + lines.size() + " lines]";
    }
}
