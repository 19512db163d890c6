package eu.diplomatics.quickstart.caller;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import eu.diplomatics.local.Passwords;
import eu.diplomatics.taxonomy.Institutions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The keys of sample systems, one file each, and the password of sample people: of this installation, made when it first
 * starts, readable by its owner only. On a real one each system has its own, and nobody else reads it.
 */
public record CallerKeys(Path directory) {
    /** The software through which people sign in. */
    public static final String PORTAL = "portal";

    private static final List<String> AGENCIES = List.of("vdab", "canary", "bench");
    private static final String PASSWORD = "people-password";

    /** The systems there are: {@code supplier-ID}, {@code agency-ID}. */
    public static List<String> systems() {
        return Stream.concat(
                        Institutions.sample().suppliers().stream().map(supplier -> "supplier-" + supplier.id()),
                        AGENCIES.stream().map(agency -> "agency-" + agency))
                .toList();
    }

    /** Makes what is missing. */
    public void make() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : Stream.concat(systems().stream(), Stream.of(PORTAL)).toList()) {
            if (!Files.exists(keyFile(name))) {
                write(keyFile(name), newKey(name).toJSONString());
            }
        }
        if (!Files.exists(passwordFile())) {
            write(passwordFile(), Passwords.random());
        }
    }

    /** The key of a system or the portal, private part included. */
    public ECKey key(String name) throws IOException {
        if (!Files.exists(keyFile(name))) {
            throw new IllegalArgumentException("no sample system " + name.replaceFirst("-", ":") + "; there are "
                    + String.join(", ", systems())
                            .replace("supplier-", "supplier:")
                            .replace("agency-", "agency:"));
        }
        try {
            return ECKey.parse(Files.readString(keyFile(name)));
        } catch (ParseException e) {
            throw new IOException("the key of " + name + " cannot be read", e);
        }
    }

    /** With which any sample person signs in. */
    public String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    public Path passwordFile() {
        return directory.resolve(PASSWORD);
    }

    /** Where the key of a system or the portal lies. */
    public Path keyFile(String name) {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("a system has lower-case letters, digits and hyphens in its name");
        }
        return directory.resolve(name + ".jwk");
    }

    private static ECKey newKey(String name) {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(name)
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path fresh = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "new",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
