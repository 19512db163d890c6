package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Messages.Receipt;
import eu.diplomatics.custodian.Refusal.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Destruction receipts, one file for each key, so that one whose answer got lost can be asked for again. */
final class ReceiptFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptFiles.class);

    private final Path directory;

    ReceiptFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** Also when it cannot be read: a key that may have been destroyed is not used. */
    boolean has(String label) {
        return !Files.notExists(file(label));
    }

    Optional<Receipt> find(String label) {
        Path file = file(label);
        try {
            return has(label)
                    ? Optional.of(Messages.JSON.readValue(Files.readAllBytes(file), Receipt.class))
                    : Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.error("receipt {} cannot be read: {}", file, e.toString());
            throw new Refusal(Code.AUDIT_UNAVAILABLE);
        }
    }

    /** On the disk when this returns. */
    void keep(String label, Receipt receipt) {
        try {
            DurableFile.replace(file(label), Messages.JSON.writeValueAsBytes(receipt));
        } catch (IOException e) {
            LOG.error("receipt for {} cannot be kept: {}", label, e.toString());
            throw new Refusal(Code.AUDIT_UNAVAILABLE);
        }
    }

    private Path file(String label) {
        return directory.resolve(label + ".json");
    }
}
