package eu.diplomatics.registry.shredding;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.keyring.Shredding;
import eu.diplomatics.keyring.Shredding.Kind;
import eu.diplomatics.qualification.Insz;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.problem.Rejections;
import eu.diplomatics.registry.problem.TraceId;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.CommandIds;
import eu.diplomatics.registry.registration.FlatBody;
import eu.diplomatics.registry.registration.Rules;
import eu.diplomatics.registry.shredding.Shredder.Request;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shredding by the controller: what the law lets go, and what should never have been. */
@RestController
final class ShreddingApi {
    private static final String PATH = "/v1/shreddings";
    private static final int SHOWN = 100;
    private static final Set<String> FIELDS =
            Set.of("kind", "insz", "holder", "reference", "legalBasis", "reasonCode", "reason", "case");
    private static final Set<String> REQUIRED = Set.of("kind", "legalBasis", "reasonCode", "reason", "case");

    private final Shredder shredder;
    private final Rules rules;

    ShreddingApi(Shredder shredder, Rules rules) {
        this.shredder = shredder;
        this.rules = rules;
    }

    /** What was shredded and how far its traces are gone. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            Kind kind,
            UUID stream,
            String reasonCode,
            String legalBasis,
            Shredding.State state,
            int rewrites,
            int rewritesNeeded,
            Instant askedAt,
            @Nullable Instant shreddedAt,
            @Nullable Instant doneAt) {
        static Shown of(Shredding shredding) {
            return new Shown(
                    shredding.tombstone(),
                    shredding.kind(),
                    shredding.stream(),
                    shredding.reasonCode(),
                    shredding.legalBasis(),
                    shredding.state(),
                    shredding.rewrites(),
                    Shredding.REWRITES,
                    shredding.askedAt(),
                    shredding.shreddedAt(),
                    shredding.doneAt());
        }
    }

    /** The last ones, newest first. */
    record ShownAll(List<Shown> shreddings) {}

    @PostMapping(PATH)
    Shown shred(HttpServletRequest request) {
        String caller = Caller.controller(request).id();
        String key = request.getHeader(CommandIds.HEADER);
        if (key == null) {
            throw ProblemException.at(
                    ProblemCode.MALFORMED, "header/" + CommandIds.HEADER, "The header is required to shred.");
        }
        FlatBody body = FlatBody.read(Bodies.json(request), FIELDS, REQUIRED);
        return Shown.of(
                shredder.shred(read(body), CommandIds.checked(key), "controller:" + caller, TraceId.of(request)));
    }

    @GetMapping(PATH)
    ShownAll all(HttpServletRequest request) {
        Caller.controllerOrDpo(request);
        return new ShownAll(shredder.newest(SHOWN).stream().map(Shown::of).toList());
    }

    @GetMapping(PATH + "/{id}")
    Shown one(@PathVariable UUID id, HttpServletRequest request) {
        Caller.controllerOrDpo(request);
        return shredder.newest(Integer.MAX_VALUE).stream()
                .filter(shredding -> shredding.tombstone().equals(id))
                .findFirst()
                .map(Shown::of)
                .orElseThrow(() -> ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is no such shredding."));
    }

    private Request read(FlatBody body) {
        Kind kind = switch (body.get("kind")) {
            case "ERASURE" -> Kind.ERASURE;
            case "WRONG_RECORD" -> Kind.WRONG_RECORD;
            default -> throw FlatBody.malformed("/kind", "ERASURE or WRONG_RECORD is expected");
        };
        long named = Stream.of("insz", "holder", "reference")
                .filter(body.fields()::containsKey)
                .count();
        if (named != 1 || kind == Kind.WRONG_RECORD && !body.fields().containsKey("reference")) {
            throw FlatBody.malformed("", "one of insz, holder and reference; a wrong record by its reference");
        }
        if (!body.get("reasonCode").matches("[A-Z][A-Z0-9_]{0,39}")) {
            throw FlatBody.malformed("/reasonCode", "capitals, digits and underscores are expected, at most 40");
        }
        if (body.get("legalBasis").length() > 200) {
            throw FlatBody.malformed("/legalBasis", "at most 200 characters are expected");
        }
        Insz insz = body.fields().containsKey("insz") ? Rejections.orProblem(rules.number(body.get("insz"))) : null;
        return new Request(
                kind,
                insz,
                id(body, "holder"),
                id(body, "reference"),
                body.get("legalBasis"),
                body.get("reasonCode"),
                body.get("reason"),
                body.get("case"));
    }

    private static @Nullable UUID id(FlatBody body, String field) {
        if (!body.fields().containsKey(field)) {
            return null;
        }
        try {
            return UUID.fromString(body.get(field));
        } catch (IllegalArgumentException e) {
            throw FlatBody.malformed("/" + field, "a UUID is expected");
        }
    }
}
