package eu.diplomatics.backup.generation;

import eu.diplomatics.backup.source.SourceTable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which generation of data keys a table's rows are sealed under: the log has a table of ciphertexts for each. */
final class DataKeyGenerations {
    private static final Pattern CIPHERTEXT = Pattern.compile("eventstore\\.ciphertext_([0-9]+)");

    private DataKeyGenerations() {}

    static Optional<String> of(SourceTable table) {
        Matcher matcher = CIPHERTEXT.matcher(table.qualified());
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
