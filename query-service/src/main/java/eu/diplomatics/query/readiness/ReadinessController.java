package eu.diplomatics.query.readiness;

import eu.diplomatics.golive.GoLive;
import eu.diplomatics.golive.Zones;
import eu.diplomatics.query.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether this service may answer about real people, condition by condition, for the controller. */
@RestController
final class ReadinessController {
    private final GoLive goLive;
    private final Zones zones;

    ReadinessController(GoLive goLive, Zones zones) {
        this.goLive = goLive;
        this.zones = zones;
    }

    @GetMapping("/v1/readiness")
    ResponseEntity<Map<String, Object>> readiness(HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(goLive.check().document(zones));
    }
}
