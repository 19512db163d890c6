package eu.diplomatics.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import eu.diplomatics.backup.place.LocalPlace;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.S3Place;
import eu.diplomatics.backup.place.S3Settings;
import eu.diplomatics.backup.place.SftpPlace;
import eu.diplomatics.backup.place.SftpSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where generations are kept; what opens it stands in files of their own. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "local", value = PlaceConfiguration.Local.class),
    @JsonSubTypes.Type(name = "s3", value = PlaceConfiguration.S3.class),
    @JsonSubTypes.Type(name = "sftp", value = PlaceConfiguration.Sftp.class)
})
sealed interface PlaceConfiguration {
    /** How {@code --help} tells it. */
    String[] HELP = {
        "A place is one of",
        "  {\"kind\": \"local\", \"directory\": DIR}",
        "  {\"kind\": \"s3\", \"endpoint\": \"https://HOST\", \"region\": NAME, \"bucket\": NAME, \"prefix\": \"DIR/\",",
        "   \"style\": \"path\" or \"host\" (where the bucket's name stands), \"spool\": DIR,",
        "   \"credentialsFile\": FILE ({\"accessKeyId\": …, \"secretAccessKey\": …}), \"authorities\": PEM-FILE}",
        "  {\"kind\": \"sftp\", \"host\": HOST, \"port\": 22, \"user\": USER, \"directory\": DIR, \"privateKey\": FILE,",
        "   \"hostKey\": \"ssh-ed25519 AAAA…\" (no other is believed), \"spool\": DIR}",
        "  where prefix, style, authorities and port may be left out."
    };

    /** Without asking it anything. */
    Place open() throws IOException;

    record Local(Path directory) implements PlaceConfiguration {
        @Override
        public Place open() throws IOException {
            return new LocalPlace(given(directory, "directory"));
        }
    }

    /** See {@link S3Settings}. */
    record S3(
            URI endpoint,
            String region,
            String bucket,
            @Nullable String prefix,
            @Nullable String style,
            Path credentialsFile,
            @Nullable Path authorities,
            Path spool)
            implements PlaceConfiguration {
        @Override
        public Place open() throws IOException {
            String written = Objects.requireNonNullElse(style, "path");
            if (!written.equals("path") && !written.equals("host")) {
                throw new ConfigurationException("the style of a place is path or host", "backup --help");
            }
            try {
                return new S3Place(
                        new S3Settings(
                                given(endpoint, "endpoint"),
                                given(region, "region"),
                                given(bucket, "bucket"),
                                Objects.requireNonNullElse(prefix, ""),
                                written.equals("path"),
                                given(credentialsFile, "credentialsFile"),
                                authorities,
                                given(spool, "spool"),
                                S3Settings.Timing.DEFAULT),
                        InstantSource.system());
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("a place of kind s3: " + e.getMessage(), "backup --help");
            }
        }
    }

    /** See {@link SftpSettings}. */
    record Sftp(
            String host,
            @Nullable Integer port,
            String user,
            String directory,
            Path privateKey,
            String hostKey,
            Path spool)
            implements PlaceConfiguration {
        @Override
        public Place open() throws IOException {
            try {
                return new SftpPlace(new SftpSettings(
                        given(host, "host"),
                        Objects.requireNonNullElse(port, SftpSettings.PORT),
                        given(user, "user"),
                        given(directory, "directory"),
                        given(privateKey, "privateKey"),
                        given(hostKey, "hostKey"),
                        given(spool, "spool"),
                        SftpSettings.PATIENCE));
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("a place of kind sftp: " + e.getMessage(), "backup --help");
            }
        }
    }

    private static <T> T given(@Nullable T value, String member) {
        if (value == null) {
            throw new ConfigurationException("a place has no " + member, "backup --help tells its members");
        }
        return value;
    }
}
