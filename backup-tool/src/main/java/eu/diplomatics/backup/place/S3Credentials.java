package eu.diplomatics.backup.place;

import eu.diplomatics.envelope.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Who asks an S3 server. The secret stands in no message. */
record S3Credentials(String accessKeyId, SecretBytes secret) {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private record Stored(String accessKeyId, String secretAccessKey) {}

    /** @param file JSON: {@code {accessKeyId, secretAccessKey}} */
    static S3Credentials read(Path file) throws IOException {
        try {
            Stored stored = STRICT.readValue(Files.readAllBytes(file), Stored.class);
            if (stored.accessKeyId() != null && stored.secretAccessKey() != null) {
                return new S3Credentials(
                        stored.accessKeyId(),
                        SecretBytes.copyOf(stored.secretAccessKey().getBytes(StandardCharsets.UTF_8)));
            }
        } catch (JacksonException e) {
            // its message would quote the file
        }
        throw new IOException("no credentials in " + file + ": {\"accessKeyId\": …, \"secretAccessKey\": …}");
    }

    @Override
    public String toString() {
        return "S3Credentials[REDACTED]";
    }
}
