package eu.diplomatics.registry.caller;

import eu.diplomatics.access.AccessTokens;
import eu.diplomatics.access.Admission;
import eu.diplomatics.access.Bearer;
import eu.diplomatics.access.Presented;
import eu.diplomatics.registry.caller.Caller.Role;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.taxonomy.InstitutionsNow;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows callers by their access tokens; the header of the profile {@code insecure} says nothing here. */
final class SaidByToken implements CallerResolver {
    /** Of a request: who holds its token, once that is accepted. */
    static final String BEARER = Bearer.class.getName();

    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private final AccessTokens tokens;
    private final @Nullable URI origin;
    private final InstitutionsNow institutions;

    SaidByToken(AccessTokens tokens, @Nullable URI origin, InstitutionsNow institutions) {
        this.tokens = tokens;
        this.origin = origin;
        this.institutions = institutions;
    }

    @Override
    public Optional<Caller> resolve(HttpServletRequest request) {
        if (request.getHeader("X-Caller") != null) {
            throw ProblemException.of(
                    ProblemCode.UNAUTHENTICATED,
                    "X-Caller is not read here. Send an access token in its place; ./dev token makes one for a quickstart.");
        }
        return switch (tokens.admit(presented(request))) {
            case Admission.Granted(Bearer bearer) -> {
                request.setAttribute(BEARER, bearer);
                yield Optional.of(caller(bearer));
            }
            case Admission.Refused refused ->
                throw ProblemException.of(
                        ProblemCode.valueOf(refused.refusal().name()),
                        refused.refusal().detail());
            case Admission.Undecided undecided ->
                throw ProblemException.later(
                        ProblemCode.IDENTITY_UNAVAILABLE,
                        "Nobody can tell at the moment who calls.",
                        undecided.retryAfter());
        };
    }

    private Presented presented(HttpServletRequest request) {
        return new Presented(
                request.getMethod(),
                origin == null
                        ? URI.create(request.getRequestURL().toString())
                        : origin.resolve(request.getRequestURI()),
                headers(request, "Authorization"),
                headers(request, "DPoP"),
                request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                        ? chain[0]
                        : null);
    }

    private static List<String> headers(HttpServletRequest request, String name) {
        return Collections.list(request.getHeaders(name));
    }

    private Caller caller(Bearer bearer) {
        return switch (bearer.part()) {
            case INSTITUTION_CLERK, INSTITUTION_SYSTEM ->
                Suppliers.caller(institutions.now(), bearer.party())
                        .orElseThrow(
                                () -> ProblemException.of(ProblemCode.NOT_ALLOWED, "No such supplier is known here."));
            case AGENCY_SYSTEM, CASE_WORKER -> new Caller(Role.AGENCY, bearer.party());
            case CITIZEN -> new Caller(Role.CITIZEN, bearer.party());
            case DELEGATE ->
                new Caller(
                        Role.DELEGATE,
                        Objects.requireNonNull(bearer.delegation()).represented(),
                        bearer.party());
            case CONTROLLER -> new Caller(Role.CONTROLLER, bearer.party());
            case DPO -> new Caller(Role.DPO, bearer.party());
            case AUDITOR -> new Caller(Role.AUDITOR, bearer.party());
            case OPERATOR -> new Caller(Role.OPERATOR, bearer.party());
        };
    }
}
