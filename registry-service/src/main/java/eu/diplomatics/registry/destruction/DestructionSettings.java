package eu.diplomatics.registry.destruction;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a destruction by schedule needs beside the registry's own word.
 *
 * @param schedules files with the controller's schedules, one for each site of the custodian
 * @param generations file with the signed index of backup generations; null until there are backups
 * @param receiptKeys by site, the public keys (X.509 form) that its receipts verify under: from the minutes of its
 *     ceremony, never from a receipt
 * @param retry how long after an answer the same is asked again
 */
public record DestructionSettings(
        List<Path> schedules, @Nullable Path generations, Map<String, List<byte[]>> receiptKeys, Duration retry) {
    public DestructionSettings {
        schedules = List.copyOf(schedules);
        receiptKeys = Map.copyOf(receiptKeys);
    }
}
