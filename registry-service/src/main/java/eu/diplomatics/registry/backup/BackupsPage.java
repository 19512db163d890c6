package eu.diplomatics.registry.backup;

import eu.diplomatics.registry.backup.BackupWatch.Condition;
import eu.diplomatics.registry.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The same as {@code GET /v1/backups} for the controller's eyes and ears: a page without scripts, in Dutch or English. */
@RestController
final class BackupsPage {
    private static final Locale DUTCH = Locale.of("nl");
    /** Whatever this machine's own language is. */
    private static final ResourceBundle.Control ONLY_THESE =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    private static final Set<Condition> QUIET = Set.of(Condition.FRESH, Condition.NOT_LOOKED, Condition.NOT_CONFIGURED);
    private static final Set<Drills.Condition> QUIET_DRILLS =
            Set.of(Drills.Condition.REHEARSED, Drills.Condition.NOT_CONFIGURED);

    private final BackupWatch watch;
    private final Drills drills;
    private final InstantSource clock;

    BackupsPage(BackupWatch watch, Drills drills, InstantSource clock) {
        this.watch = watch;
        this.drills = drills;
        this.clock = clock;
    }

    @GetMapping(path = "/pages/backups", produces = "text/html;charset=UTF-8")
    ResponseEntity<byte[]> page(
            @RequestParam(name = "lang", required = false) @Nullable String lang, HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        Locale language = language(lang, request.getLocale());
        ResourceBundle words = ResourceBundle.getBundle("pages/backups", language, ONLY_THESE);
        Map<String, String> texts = new HashMap<>();
        words.keySet().forEach(key -> texts.put(key, words.getString(key)));
        BackupWatch.State state = watch.look();
        Drills.State held = drills.look();
        texts.put("lang", language.getLanguage());
        texts.put("backupsState", words.getString("backups." + state.condition()));
        texts.put("drillsState", words.getString("drills." + held.condition()));
        texts.put(
                "asOf",
                words.getString("asOf")
                        .replace(
                                "{0}",
                                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        Page page = new Page("backups.xhtml", texts);
        if (!QUIET.contains(state.condition())) {
            page.alarm("backups-state");
        }
        if (!QUIET_DRILLS.contains(held.condition())) {
            page.alarm("drills-state");
        }
        state.generations()
                .forEach(each -> page.row(
                        "generations",
                        List.of(each.day().toString(), each.verifiedAt().toString(), each.manifestHash())));
        held.drills().forEach(each -> page.row("drills", cells(each, words)));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .header("Content-Language", language.getLanguage())
                .header("Content-Security-Policy", page.policy())
                .header("X-Content-Type-Options", "nosniff")
                .body(page.html());
    }

    private static Locale language(@Nullable String asked, Locale preferred) {
        String language = asked == null ? preferred.getLanguage() : asked;
        return language.equals(DUTCH.getLanguage()) ? DUTCH : Locale.ENGLISH;
    }

    private static List<String> cells(Drills.Held drill, ResourceBundle words) {
        return List.of(
                drill.endedAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                word(words, "kind." + drill.kind()),
                drill.generation(),
                word(words, "verdict." + drill.verdict()),
                drill.signedOff().isEmpty()
                        ? words.getString("none")
                        : drill.signedOff().stream().map(Drills.SignedOff::by).collect(Collectors.joining(", ")),
                drill.reportHash());
    }

    private static String word(ResourceBundle words, String key) {
        return words.containsKey(key) ? words.getString(key) : key;
    }
}
