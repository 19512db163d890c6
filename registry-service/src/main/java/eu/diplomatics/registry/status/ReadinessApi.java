package eu.diplomatics.registry.status;

import eu.diplomatics.golive.GoLive;
import eu.diplomatics.golive.Zones;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.receipt.Receipts;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether this installation may take real people's numbers, condition by condition, for the controller. */
@RestController
final class ReadinessApi {
    private final GoLive goLive;
    private final Zones zones;
    private final Receipts receipts;

    ReadinessApi(GoLive goLive, Zones zones, Receipts receipts) {
        this.goLive = goLive;
        this.zones = zones;
        this.receipts = receipts;
    }

    @GetMapping("/v1/readiness")
    ResponseEntity<Map<String, Object>> readiness(HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        return uncached(goLive.check().document(zones));
    }

    /** The same, signed for the supervisor: verified with the receipt keys. */
    @PostMapping("/v1/readiness/report")
    ResponseEntity<Map<String, Object>> report(HttpServletRequest request) {
        Caller.controllerOrInspector(request);
        return uncached(receipts.signed(goLive.check().document(zones)));
    }

    private static ResponseEntity<Map<String, Object>> uncached(Map<String, Object> document) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(document);
    }
}
