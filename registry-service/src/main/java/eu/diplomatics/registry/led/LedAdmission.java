package eu.diplomatics.registry.led;

import eu.diplomatics.led.LedDoor;
import eu.diplomatics.led.LedEnvelope;
import eu.diplomatics.led.LedRefusedException;
import eu.diplomatics.led.LedService;
import eu.diplomatics.led.LedSignatures;
import eu.diplomatics.led.StrictXml.Bounds;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.caller.CallerResolver;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.TraceId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Reads a message once, within bounds, and finds out whose it is. */
@Component
final class LedAdmission {
    static final Set<LedService> SERVICES =
            EnumSet.of(LedService.REGISTREER_BEWIJS, LedService.REGISTREER_MUTATIE_BEWIJS, LedService.ANNULEER_BEWIJS);

    private final LedSettings settings;
    private final LedDoor door;
    private final CallerResolver callers;
    private final LedSignatures signatures;
    private final boolean insecure;

    LedAdmission(
            LedSettings settings,
            LedDoor door,
            CallerResolver callers,
            LedSignatures signatures,
            Environment environment) {
        this.signatures = signatures;
        this.insecure = environment.matchesProfiles("insecure");
        this.door = door;
        this.settings = settings;
        this.callers = callers;
    }

    LedCall admit(HttpServletRequest request) throws LedRefusedException, IOException {
        LedEnvelope envelope = LedEnvelope.read(
                request.getContentType(), request.getInputStream(), Bounds.MESSAGE, settings.patience());
        LedService service = LedService.of(envelope.payload())
                .filter(SERVICES::contains)
                .orElseThrow(() -> new LedRefusedException("NOT_FOUND", "no service here has this element"));
        Caller caller = caller(envelope, request);
        LedDoor.Entrance entrance = door.enter(service, envelope.payload());
        if (entrance instanceof LedDoor.Entrance.NoContext) {
            throw new LedRefusedException("MALFORMED", "the message has no context that can be answered");
        }
        return new LedCall(envelope, entrance, caller, TraceId.of(request));
    }

    /** Who signed; in the profile {@code insecure} an unsigned message is who it says it is, as any request there. */
    private Caller caller(LedEnvelope envelope, HttpServletRequest request) throws LedRefusedException {
        if (!insecure || (signatures.areExpected() && envelope.security().isPresent())) {
            return new Caller(Caller.Role.SUPPLIER, signatures.signer(envelope, connection(request)));
        }
        try {
            return callers.resolve(request)
                    .orElseThrow(
                            () -> new LedRefusedException("UNAUTHENTICATED", "the message does not say who calls"));
        } catch (ProblemException e) {
            throw new LedRefusedException(e.code(), e.detail());
        }
    }

    private static @Nullable X509Certificate connection(HttpServletRequest request) {
        return request.getAttribute("jakarta.servlet.request.X509Certificate") instanceof X509Certificate[] chain
                        && chain.length > 0
                ? chain[0]
                : null;
    }
}
