package eu.diplomatics.backup.place;

import eu.diplomatics.envelope.Hmac;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * AWS Signature Version 4 in the header {@code Authorization}, for a payload whose hash is known (Amazon S3 API Reference,
 * "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)").
 */
final class SigV4 {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SERVICE = "s3";
    private static final String END = "aws4_request";
    private static final int DAY = 8;

    private SigV4() {}

    /**
     * What is signed.
     *
     * @param path encoded, from its first slash
     * @param query neither names nor values encoded
     * @param headers by their names in small letters; {@code host}, {@code x-amz-date} and {@code x-amz-content-sha256} too
     */
    record Signed(
            String method,
            String path,
            SortedMap<String, String> query,
            SortedMap<String, String> headers,
            String payloadSha256) {}

    /** As {@code x-amz-date} has it. */
    static String stamp(Instant at) {
        return STAMP.format(at);
    }

    static String authorization(S3Credentials credentials, String region, Instant at, Signed request) {
        String stamp = stamp(at);
        String day = stamp.substring(0, DAY);
        String scope = day + "/" + region + "/" + SERVICE + "/" + END;
        String names = String.join(";", request.headers().keySet());
        String canonical = String.join(
                "\n",
                request.method(),
                request.path(),
                query(request.query()),
                request.headers().entrySet().stream()
                        .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                        .collect(Collectors.joining()),
                names,
                request.payloadSha256());
        String toSign = String.join("\n", ALGORITHM, stamp, scope, hex(sha256().digest(utf8(canonical))));
        byte[] key = key(credentials, day, region);
        try {
            return ALGORITHM + " Credential=" + credentials.accessKeyId() + "/" + scope + ", SignedHeaders=" + names
                    + ", Signature=" + hex(Hmac.sha256(key, utf8(toSign)));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] key(S3Credentials credentials, String day, String region) {
        byte[] secret = credentials.secret().reveal();
        byte[] first = new byte[4 + secret.length];
        System.arraycopy(utf8("AWS4"), 0, first, 0, 4);
        System.arraycopy(secret, 0, first, 4, secret.length);
        byte[] key = first;
        for (String step : new String[] {day, region, SERVICE, END}) {
            byte[] next = Hmac.sha256(key, utf8(step));
            Arrays.fill(key, (byte) 0);
            key = next;
        }
        return key;
    }

    /** Encoded and in order, as it is signed and sent. */
    static String query(SortedMap<String, String> query) {
        return query.entrySet().stream()
                .map(each -> encode(each.getKey(), false) + "=" + encode(each.getValue(), false))
                .collect(Collectors.joining("&"));
    }

    /** The specification's UriEncode: everything but unreserved characters (RFC 3986), and slashes where they part. */
    static String encode(String text, boolean path) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : utf8(text)) {
            char c = (char) (each & 0xff);
            boolean plain =
                    c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
            if (plain || path && c == '/') {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
