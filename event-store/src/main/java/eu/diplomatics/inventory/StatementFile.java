package eu.diplomatics.inventory;

import eu.diplomatics.keyring.Custodian.SignedStatement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A signed statement in a file, as {@code custodian sign} prints it; read anew each time, so that it can be replaced. */
public final class StatementFile {
    private StatementFile() {}

    /** Empty when there is no file, or none of this form; whether it is believed the custodian decides. */
    public static Optional<SignedStatement> read(Path file) {
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            String statement = json.path("statement").asString("");
            byte[] signature = Base64.getDecoder().decode(json.path("signature").asString(""));
            return statement.isEmpty() || signature.length == 0
                    ? Optional.empty()
                    : Optional.of(new SignedStatement(statement, signature));
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whose keys it is about; empty when it names no site. */
    public static Optional<String> custodian(SignedStatement statement) {
        try {
            String named = JsonMapper.shared()
                    .readTree(statement.statement())
                    .path("custodian")
                    .asString("");
            return named.isEmpty() ? Optional.empty() : Optional.of(named);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
