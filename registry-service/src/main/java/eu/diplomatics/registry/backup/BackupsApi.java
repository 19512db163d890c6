package eu.diplomatics.registry.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.registry.backup.BackupWatch.Condition;
import eu.diplomatics.registry.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the controller sees of the backups. */
@RestController
final class BackupsApi {
    private final BackupWatch watch;
    private final Drills drills;
    private final Runs runs;
    private final InstantSource clock;

    BackupsApi(BackupWatch watch, Drills drills, Runs runs, InstantSource clock) {
        this.watch = watch;
        this.drills = drills;
        this.runs = runs;
        this.clock = clock;
    }

    /**
     * @param ageSeconds since the newest was verified, or since the log began where there is none
     * @param tailAgeSeconds since the last tail was taken
     * @param runs the last of each operation that ended well
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Backups(
            Condition condition,
            @Nullable Long ageSeconds,
            List<Shown> generations,
            Drills.State rehearsed,
            @Nullable Long tailAgeSeconds,
            List<Runs.Run> runs) {}

    /** A generation that counts. */
    record Shown(LocalDate day, String manifestHash, Instant verifiedAt) {}

    @GetMapping("/v1/backups")
    ResponseEntity<Backups> backups(HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        BackupWatch.State state = watch.look();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new Backups(
                        state.condition(),
                        state.age(clock.instant())
                                .map(age -> Math.max(0, age.toSeconds()))
                                .orElse(null),
                        state.generations().stream()
                                .map(each -> new Shown(each.day(), each.manifestHash(), each.verifiedAt()))
                                .toList(),
                        drills.look(),
                        runs.tailAge().map(age -> Math.max(0, age.toSeconds())).orElse(null),
                        runs.look()));
    }
}
