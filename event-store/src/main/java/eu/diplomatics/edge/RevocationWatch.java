package eu.diplomatics.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the lists of revoked certificates read again when their file changed. Lists that cannot be read leave those before
 * in force, until they are too old themselves and nobody's certificate is accepted any more.
 */
final class RevocationWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationWatch.class);

    private final Path lists;
    private final Runnable readAgain;
    private byte[] inForce;
    private boolean failing;

    /** @param readAgain throws when what is there now cannot be used */
    RevocationWatch(Path lists, Runnable readAgain) throws IOException {
        this.lists = lists;
        this.readAgain = readAgain;
        this.inForce = Files.readAllBytes(lists);
    }

    @Override
    public void run() {
        try {
            byte[] now = Files.readAllBytes(lists);
            if (!Arrays.equals(now, inForce)) {
                readAgain.run();
                inForce = now;
                LOG.info("the lists of revoked certificates were read again");
            }
            failing = false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                LOG.error(
                        "the lists of revoked certificates in {} cannot be used ({}): those read before stay in force",
                        lists,
                        e.getClass().getSimpleName());
            }
            failing = true;
        }
    }
}
