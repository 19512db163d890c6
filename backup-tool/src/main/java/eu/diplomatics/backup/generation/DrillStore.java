package eu.diplomatics.backup.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.backup.place.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reports of drills beside the generations:
 *
 * <pre>
 * drills.json             the signed index, replaced as a whole
 * drills/ID.json          signed
 * drills/ID-signed-N.json one for each person who stands for the report, signed
 * </pre>
 */
public final class DrillStore {
    private static final String INDEX = "drills.json";
    private static final String SIGN_OFF = "diplomatics drill sign-off v1";
    private static final int MOST_BYTES = 4 << 20;

    private final Place place;
    private final ManifestKeys keys;

    public DrillStore(GenerationStore store) {
        this.place = store.place();
        this.keys = store.keys();
    }

    /** The index; empty where there was no drill yet. */
    public Optional<DrillIndex> index() throws IOException {
        try (InputStream in = place.open(INDEX)) {
            return Optional.of(
                    keys.check(DrillIndex.TYPE, in.readNBytes(MOST_BYTES)).read(DrillIndex.TYPE, DrillIndex.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The report of an entry, to the byte that the index names. */
    public SignedText report(DrillIndex.Entry entry) throws IOException {
        try (InputStream in = place.open(name(entry.id()))) {
            SignedText signed = keys.check(DrillReport.TYPE, in.readNBytes(MOST_BYTES));
            if (!signed.hash().equals(entry.reportHash())) {
                throw new UntrustedException("the index names another report of drill " + entry.id());
            }
            return signed;
        }
    }

    /**
     * The newest drill that is meant.
     *
     * @param which an id, a day such as 2026-11-22, or {@code latest}
     * @throws BackupException {@code NO_DRILL} when there is none
     */
    public DrillIndex.Entry find(String which) throws IOException {
        String prefix = which.equals("latest") ? "" : which.replace("-", "").toUpperCase(Locale.ROOT);
        return index().map(DrillIndex::drills).orElse(List.of()).stream()
                .filter(each -> each.id().startsWith(prefix))
                .reduce((one, later) -> later)
                .orElseThrow(() -> new BackupException(BackupException.Code.NO_DRILL, "no drill of " + which));
    }

    private static String name(String id) {
        return prefix(id) + ".json";
    }

    private static String prefix(String id) {
        return "drills/" + id.toLowerCase(Locale.ROOT);
    }

    /** Signs and keeps a report, names it in the index, and removes those that the index no longer names. */
    public DrillIndex.Entry keep(DrillReport report, Instant now) throws IOException {
        SignedText signed = keys.sign(DrillReport.TYPE, SignedText.canonical(report));
        place.replace(name(report.id()), signed.bytes());
        DrillIndex.Entry entry = new DrillIndex.Entry(
                report.id(),
                report.generation(),
                report.endedAt(),
                report.verdict(),
                signed.hash(),
                report.evidence() == null ? null : report.evidence().kind(),
                List.of());
        DrillIndex index = index().orElse(DrillIndex.empty(now)).with(entry, now);
        write(index);
        for (Place.PlacedObject object : place.list("drills/")) {
            if (index.drills().stream().noneMatch(each -> object.name().startsWith(prefix(each.id())))) {
                place.delete(object.name());
            }
        }
        return entry;
    }

    private void write(DrillIndex index) throws IOException {
        place.replace(
                INDEX, keys.sign(DrillIndex.TYPE, SignedText.canonical(index)).bytes());
    }

    /**
     * Somebody stands for a report, as it is.
     *
     * @param by who; one person once
     * @throws BackupException {@code SIGNED_ALREADY} when that person did before
     */
    public DrillIndex.Entry sign(DrillIndex.Entry entry, String by, @Nullable String remark, Instant now)
            throws IOException {
        report(entry);
        if (entry.signedOff().stream().anyMatch(each -> each.by().equalsIgnoreCase(by))) {
            throw new BackupException(
                    BackupException.Code.SIGNED_ALREADY, by + " signed the report of drill " + entry.id() + " before");
        }
        SignedText signed = keys.sign(
                SIGN_OFF, SignedText.canonical(new SignOff(SIGN_OFF, entry.id(), entry.reportHash(), by, now, remark)));
        place.replace(prefix(entry.id()) + "-signed-" + (entry.signedOff().size() + 1) + ".json", signed.bytes());
        DrillIndex.Entry with = entry.with(new DrillIndex.SignedOff(by, now, remark, signed.hash()));
        write(index().orElseThrow().replaced(with, now));
        return with;
    }

    private record SignOff(
            String type,
            String id,
            String reportHash,
            String by,
            Instant at,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String remark) {}
}
