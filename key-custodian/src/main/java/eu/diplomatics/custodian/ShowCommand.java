package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Command.Console;
import eu.diplomatics.custodian.Statements.Signed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** For who looks before signing or approving, and for who checks afterwards: what a signed file says, and who signed it. */
final class ShowCommand {
    private static final String FILE = "--file";
    private static final String KEY = "--key";

    private ShowCommand() {}

    static Command command() {
        return new Command(
                "show",
                "--file FILE [--key PUBLICKEY ...]",
                "says what a signed statement or a receipt says, its hash, and who signed it",
                """
                FILE is an answer of custodian sign or custodian receipt, or the registry's. Prints the statement and its hash:
                the one that custodian pending shows, and that a receipt names as inventoryHash. For each PUBLICKEY (X.509
                encoding, base64) that signed it: the key's fingerprint. A receipt as the registry keeps it brings the
                registry's inventory along, which is shown after it. Asks no custodian and needs no certificate.
                exit status: 0; 1 when keys are given and none of them signed, or the inventory is not the one that the
                receipt names
                """,
                Set.of(FILE),
                Set.of(),
                Set.of(KEY),
                ShowCommand::show);
    }

    private static int show(Options options, Console console) {
        Path file = Path.of(options.one(FILE));
        List<byte[]> keys = options.all(KEY).stream().map(ShowCommand::key).toList();
        boolean good;
        try {
            JsonNode tree = Messages.JSON.readTree(Files.readAllBytes(file));
            good = show(tree, keys, console);
            if (tree.has("inventory")) {
                console.out().println();
                good &= show(tree.path("inventory"), keys, console);
                boolean named = said(tree)
                        .path("inventoryHash")
                        .asString("")
                        .equals(signed(tree.path("inventory")).hash());
                console.out().println(named ? "this is what the receipt names" : "this is NOT what the receipt names");
                good &= named;
            }
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "file " + file + " is no signed statement", "custodian sign and custodian receipt print some", e);
        }
        return good ? CustodianApplication.OK : CustodianApplication.FAILED;
    }

    /** Whether one of the keys signed it, if there are any. */
    private static boolean show(JsonNode tree, List<byte[]> keys, Console console) {
        Signed signed = signed(tree);
        JsonNode said = said(tree);
        console.out().println(said.toPrettyString());
        console.out().println("sha256 " + signed.hash());
        String prefix = said.has("type") ? said.path("type").asString("") + "\n" : Destruction.PREFIX;
        byte[] message = (prefix + signed.statement()).getBytes(StandardCharsets.UTF_8);
        List<String> signers = new ArrayList<>();
        for (byte[] key : keys) {
            if (PublicKeys.verifies(key, message, signed.signature())) {
                signers.add(PublicKeys.fingerprint(key));
            }
        }
        signers.forEach(signer -> console.out().println("signed by " + signer));
        if (!keys.isEmpty() && signers.isEmpty()) {
            console.out().println("NOT signed by any key given");
        }
        return keys.isEmpty() || !signers.isEmpty();
    }

    private static Signed signed(JsonNode tree) {
        return new Signed(
                tree.path("statement").asString(""),
                Base64.getDecoder().decode(tree.path("signature").asString("")));
    }

    private static JsonNode said(JsonNode tree) {
        JsonNode said = Messages.JSON.readTree(tree.path("statement").asString(""));
        if (!said.isObject()) {
            throw new IllegalArgumentException("no statement");
        }
        return said;
    }

    private static byte[] key(String text) {
        try {
            byte[] encoded = Base64.getDecoder().decode(text);
            PublicKeys.read(encoded);
            return encoded;
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new UsageException("show", "needs a public key, X.509 encoding in base64, after --key");
        }
    }
}
