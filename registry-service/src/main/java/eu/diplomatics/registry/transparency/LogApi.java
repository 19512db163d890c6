package eu.diplomatics.registry.transparency;

import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.transparency.Tile;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The log for whoever holds a receipt, and for whoever watches over it: checkpoint and tiles under the paths of
 * <a href="https://c2sp.org/tlog-tiles">c2sp.org/tlog-tiles</a>, and proofs for those who would not compute them. Nobody
 * has to say who they are.
 */
@RestController
final class LogApi {
    private static final String PREFIX = "/v1/log/";
    private static final MediaType TEXT = MediaType.parseMediaType("text/plain;charset=utf-8");
    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final PublishedLog log;

    LogApi(PublishedLog log) {
        this.log = log;
    }

    @GetMapping(PREFIX + "key")
    ResponseEntity<String> key() {
        return ResponseEntity.ok()
                .contentType(TEXT)
                .cacheControl(CacheControl.noCache())
                .body(log.keys().stream().map(key -> key.text() + "\n").collect(Collectors.joining()));
    }

    @GetMapping(PREFIX + "keys")
    ResponseEntity<PublishedLog.Keys> keys() {
        return json(log.validities());
    }

    @GetMapping(PREFIX + "checkpoint")
    ResponseEntity<byte[]> checkpoint(
            @RequestParam(required = false) @Nullable Long size,
            @RequestParam(required = false) @Nullable Integer incarnation) {
        return ResponseEntity.ok()
                .contentType(TEXT)
                .cacheControl(CacheControl.noCache())
                .body(log.checkpoint(size, incarnation));
    }

    @GetMapping(PREFIX + "tile/{level}/**")
    ResponseEntity<byte[]> tile(HttpServletRequest request) {
        Optional<byte[]> tile =
                Tile.ofPath(request.getServletPath().substring(PREFIX.length())).flatMap(log::tile);
        if (tile.isEmpty()) {
            throw ProblemException.of(ProblemCode.NOT_FOUND, "There is no tile under this path.");
        }
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .cacheControl(FOR_EVER)
                .body(tile.get());
    }

    @GetMapping(PREFIX + "proof/inclusion")
    ResponseEntity<PublishedLog.Inclusion> inclusion(
            @RequestParam long position, @RequestParam(required = false) @Nullable Long size) {
        return json(log.inclusion(position, size));
    }

    @GetMapping(PREFIX + "proof/consistency")
    ResponseEntity<PublishedLog.Consistency> consistency(
            @RequestParam long from, @RequestParam(required = false) @Nullable Long to) {
        return json(log.consistency(from, to));
    }

    /** What goes with a receipt: its holder has the receipt, and positions can be counted, so it is not handed out here. */
    @GetMapping("/v1/receipts/{position}/proof")
    ResponseEntity<PublishedLog.Inclusion> proof(
            @PathVariable long position,
            @RequestParam(required = false) @Nullable String leaf,
            @RequestParam(defaultValue = "false") boolean stamped) {
        return json(log.promised(position, leaf, stamped));
    }

    private static <T> ResponseEntity<T> json(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noCache()).body(body);
    }
}
