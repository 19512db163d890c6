package eu.diplomatics.registry;

import eu.diplomatics.custodian.CustodianConfiguration;
import eu.diplomatics.receipt.CanonicalJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Controller and backups, as the custodian knows them by their signatures; what they sign goes into files. */
final class Authorities {
    final Path schedule;
    final Path generations;
    private final KeyPair controller = pair();
    private final KeyPair manifest = pair();

    Authorities(Path directory) {
        schedule = directory.resolve("schedule.json");
        generations = directory.resolve("generations.json");
    }

    /** Those a custodian believes, the registry's key among them. */
    CustodianConfiguration.Authorities with(byte[] inventoryKey) {
        return new CustodianConfiguration.Authorities(
                List.of(controller.getPublic().getEncoded()),
                List.of(manifest.getPublic().getEncoded()),
                List.of(inventoryKey));
    }

    /** The controller's key as {@code custodian sign} takes it. */
    void writeControllerKey(Path file) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(controller.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    String controllerKey() {
        return Base64.getEncoder().encodeToString(controller.getPublic().getEncoded());
    }

    void signSchedule(Instant from) {
        write(
                schedule,
                "diplomatics destruction schedule v1",
                controller,
                Map.of(
                        "custodian",
                        "test",
                        "newerGenerations",
                        3,
                        "validFrom",
                        from.toString(),
                        "validUntil",
                        from.plus(Duration.ofDays(300)).toString()));
    }

    /** As the registry is told whose signature the index has to have. */
    String manifestKey() {
        return Base64.getEncoder().encodeToString(manifest.getPublic().getEncoded());
    }

    void signGenerations(Instant now, List<String> days) {
        write(days.stream().map(day -> generation(day, day + "T00:00:01Z")).toList(), now);
    }

    void signGenerations(Instant now, List<String> days, Instant verifiedAt) {
        write(days.stream().map(day -> generation(day, verifiedAt.toString())).toList(), now);
    }

    /** The index of drills beside that of generations. */
    void signDrills(Path file, Instant endedAt, String verdict) {
        signDrills(file, endedAt, List.of(Map.of("kind", "RESTORE", "verdict", verdict)));
    }

    /** @param drills members that they have beside the usual ones, the oldest first */
    void signDrills(Path file, Instant endedAt, List<Map<String, Object>> drills) {
        List<Map<String, Object>> all = drills.stream()
                .map(each -> {
                    Map<String, Object> drill = new HashMap<>(each);
                    drill.put("id", "20261122T120000Z");
                    drill.put("generation", "2026-11-22-01");
                    drill.put("endedAt", endedAt.toString());
                    drill.put("reportHash", "0e".repeat(32));
                    return drill;
                })
                .toList();
        write(file, "diplomatics drill index v1", manifest, Map.of("drills", all, "issuedAt", endedAt.toString()));
    }

    /** The last run of an operation, among those of a folder. */
    void signRun(Path folder, String operation, Instant at, long millis, long bytes) {
        write(
                folder.resolve(operation + ".json"),
                "diplomatics backup run v1",
                manifest,
                Map.of(
                        "operation",
                        operation,
                        "generation",
                        "2026-11-22-01",
                        "at",
                        at.toString(),
                        "millis",
                        millis,
                        "bytes",
                        bytes,
                        "events",
                        7));
    }

    private static Map<String, Object> generation(String day, String verifiedAt) {
        return Map.of("day", day, "manifestHash", "0f".repeat(32), "verifiedAt", verifiedAt);
    }

    private void write(List<Map<String, Object>> generations, Instant now) {
        write(
                this.generations,
                "diplomatics generation index v1",
                manifest,
                Map.of("generations", generations, "issuedAt", now.toString()));
    }

    private static void write(Path file, String type, KeyPair by, Map<String, Object> members) {
        Map<String, Object> statement = new HashMap<>(members);
        statement.put("type", type);
        String text = CanonicalJson.text(statement);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(by.getPrivate());
            signature.update((type + "\n" + text).getBytes(StandardCharsets.UTF_8));
            Files.writeString(
                    file,
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("statement", text)
                            .put("signature", Base64.getEncoder().encodeToString(signature.sign()))
                            .toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
