package eu.diplomatics.query.seal;

import eu.diplomatics.query.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether nothing in the access log was changed or cut since it was sealed (R06); about nobody, so that it leaves no row. */
@RestController
final class SealController {
    private final SealWatch seal;
    private final CopyWatch copy;

    SealController(SealWatch seal, CopyWatch copy) {
        this.seal = seal;
        this.copy = copy;
    }

    @GetMapping(path = "/v1/access-log/seal", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Seal> look(HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(seal.look().with(copy.look().orElse(null)));
    }
}
