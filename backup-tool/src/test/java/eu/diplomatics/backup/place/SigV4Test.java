package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.envelope.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The four examples of the Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
 * Payload in a Single Chunk (AWS Signature Version 4)"; key and secret are those that it publishes.
 */
class SigV4Test {
    private static final Instant AT = Instant.parse("2013-05-24T00:00:00Z");
    private static final S3Credentials EXAMPLE = new S3Credentials(
            "AKIAIOSFODNN7EXAMPLE",
            SecretBytes.copyOf("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".getBytes(StandardCharsets.UTF_8)));
    private static final String EMPTY = SigV4.hex(SigV4.sha256().digest());

    private static String signature(
            String method, String path, Map<String, String> query, Map<String, String> headers, String sha256) {
        TreeMap<String, String> all = new TreeMap<>(headers);
        all.put("host", "examplebucket.s3.amazonaws.com");
        all.put("x-amz-date", SigV4.stamp(AT));
        all.put("x-amz-content-sha256", sha256);
        String authorization = SigV4.authorization(
                EXAMPLE, "us-east-1", AT, new SigV4.Signed(method, path, new TreeMap<>(query), all, sha256));
        assertThat(authorization)
                .startsWith(
                        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=")
                .contains(String.join(";", all.keySet()));
        return authorization.substring(authorization.indexOf("Signature=", 80) + "Signature=".length());
    }

    @Test
    void getObject() {
        assertThat(signature("GET", "/test.txt", Map.of(), Map.of("range", "bytes=0-9"), EMPTY))
                .isEqualTo("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void putObject() {
        String sha256 = SigV4.hex(SigV4.sha256().digest("Welcome to Amazon S3.".getBytes(StandardCharsets.UTF_8)));
        assertThat(sha256).isEqualTo("44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
        assertThat(signature(
                        "PUT",
                        SigV4.encode("/test$file.text", true),
                        Map.of(),
                        Map.of("date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class", "REDUCED_REDUNDANCY"),
                        sha256))
                .isEqualTo("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    @Test
    void getBucketLifecycle() {
        assertThat(signature("GET", "/", Map.of("lifecycle", ""), Map.of(), EMPTY))
                .isEqualTo("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }

    @Test
    void listObjects() {
        assertThat(signature("GET", "/", Map.of("max-keys", "2", "prefix", "J"), Map.of(), EMPTY))
                .isEqualTo("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    @Test
    void encodesEachByteButTheUnreservedOnes() {
        assertThat(SigV4.encode("a b/ü~+%", false)).isEqualTo("a%20b%2F%C3%BC~%2B%25");
        assertThat(SigV4.encode("a/b", true)).isEqualTo("a/b");
    }

    @Test
    void credentialsTellNothingOfThemselves() {
        assertThat(EXAMPLE.toString()).doesNotContain("AKIA", "wJal");
    }
}
