package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Command.Console;
import eu.diplomatics.custodian.Statements.Signed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** For those whose word the custodian believes: makes a statement canonical and signs it, on a machine of their own. */
final class SigningCommand {
    private static final String KEY_FILE = "--key-file";
    private static final String STATEMENT = "--statement";
    private static final Set<String> TYPES =
            Set.of(Statements.SCHEDULE, Statements.GENERATIONS, Statements.KEYRING, Statements.INVENTORY);

    private SigningCommand() {}

    static Command command() {
        return new Command(
                "sign",
                "--key-file FILE --statement FILE",
                "signs a statement for the custodian, on the signer's own machine",
                """
                The key is Ed25519, PKCS #8 in PEM (openssl genpkey -algorithm ed25519); the statement is JSON with one of the
                types of docs/key-custodian.md, or an answer of this command, whose statement is then signed once more.
                Prints {"statement", "signature"}. Read what you sign.
                """,
                Set.of(KEY_FILE, STATEMENT),
                SigningCommand::sign);
    }

    /** @throws ConfigurationException when the file is not what {@code sign} prints */
    static Signed signed(Path file) {
        try {
            return Messages.JSON.readValue(Files.readAllBytes(file), Signed.class);
        } catch (IOException | JacksonException e) {
            throw new ConfigurationException("file " + file + " is no signed statement", "custodian sign makes one", e);
        }
    }

    private static int sign(Options options, Console console) {
        Path file = Path.of(options.one(STATEMENT));
        String statement;
        String type;
        try {
            JsonNode tree = Messages.JSON.readTree(Files.readAllBytes(file));
            if (tree.has("signature")) {
                tree = Messages.JSON.readTree(tree.path("statement").asString(""));
            }
            type = tree.path("type").asString("");
            statement = Canonical.text(tree);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "statement " + file + " cannot be read", "docs/key-custodian.md shows the forms", e);
        }
        if (!TYPES.contains(type)) {
            throw new ConfigurationException(
                    "statement " + file + " has no type that a custodian knows",
                    "docs/key-custodian.md shows the forms");
        }
        byte[] message = (type + "\n" + statement).getBytes(StandardCharsets.UTF_8);
        Signed signed = new Signed(statement, signature(key(Path.of(options.one(KEY_FILE))), message));
        console.out().println(Messages.JSON.writeValueAsString(signed));
        return CustodianApplication.OK;
    }

    private static byte[] signature(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKey key(Path file) {
        try {
            String pem = Files.readString(file, StandardCharsets.US_ASCII);
            String body = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            // the cause could quote the key
            throw new ConfigurationException(
                    "key file " + file + " holds no Ed25519 key", "openssl genpkey -algorithm ed25519 makes one");
        }
    }
}
