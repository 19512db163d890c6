package eu.diplomatics.registry.keys;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.registry.caller.Caller;
import eu.diplomatics.registry.problem.ProblemCode;
import eu.diplomatics.registry.problem.ProblemException;
import eu.diplomatics.registry.registration.Bodies;
import eu.diplomatics.registry.registration.FlatBody;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the controller sees of the keys and does with them. Nothing here gives away a key. */
@RestController
final class KeysApi {
    private static final String PATH = "/v1/keys/operations";
    private static final String KIND = "kind";
    private static final int SHOWN = 100;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final KeyRegister register;
    private final OperationRunner runner;
    private final OperationStore store;
    private final EpochKeys epochKeys;
    private final InstantSource clock;

    KeysApi(
            KeyRegister register,
            OperationRunner runner,
            OperationStore store,
            EpochKeys epochKeys,
            InstantSource clock) {
        this.register = register;
        this.epochKeys = epochKeys;
        this.runner = runner;
        this.store = store;
        this.clock = clock;
    }

    /** The keys this service watches, those of the custodian under which they stand, and what can be done with them. */
    record Keys(List<KeyState> keys, EpochKeys.Shown epochKeys, List<Kind> kinds) {}

    /** A kind of operation. */
    record Kind(String kind, String description) {}

    /** Operations, the newest first. */
    record Operations(List<Shown> operations) {}

    /** An operation as it is shown. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            String kind,
            Map<String, String> arguments,
            String requestedBy,
            Operation.State state,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            String step,
            long done,
            long total,
            @Nullable Instant estimatedStepEnd,
            @Nullable String error) {}

    @GetMapping("/v1/keys")
    Keys keys(HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        return answered(() -> new Keys(
                register.states(),
                epochKeys.epochKeys(),
                runner.kinds().stream()
                        .map(operation -> new Kind(operation.kind(), operation.description()))
                        .toList()));
    }

    @PostMapping(PATH)
    ResponseEntity<Shown> begin(HttpServletRequest request) {
        String caller = Caller.controller(request).id();
        Set<String> known = new HashSet<>(Set.of(KIND));
        runner.kinds().forEach(operation -> known.addAll(operation.arguments()));
        Map<String, String> arguments = new HashMap<>(
                FlatBody.read(Bodies.json(request), known, Set.of(KIND)).fields());
        String kind = arguments.remove(KIND);
        KeyOperation operation = runner.kinds().stream()
                .filter(each -> each.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> FlatBody.malformed("/kind", "GET /v1/keys names the kinds there are"));
        if (!operation.arguments().containsAll(arguments.keySet())) {
            throw FlatBody.malformed("", "an argument is not one of this kind's");
        }
        operation.unusable(arguments).ifPresent(name -> {
            throw FlatBody.malformed("/" + name, "the value cannot be used");
        });
        Operation begun = answered(() -> runner.request(operation.kind(), arguments, "controller:" + caller));
        if (!begun.arguments().equals(arguments)) {
            throw ProblemException.of(
                    ProblemCode.OPERATION_UNDER_WAY, "One of this kind with other arguments is not at its end.");
        }
        return ResponseEntity.accepted()
                .location(URI.create(PATH + "/" + begun.id()))
                .body(shown(begun));
    }

    @GetMapping(PATH)
    Operations operations(HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        return answered(() ->
                new Operations(store.newest(SHOWN).stream().map(this::shown).toList()));
    }

    @GetMapping(PATH + "/{id}")
    Shown operation(@PathVariable UUID id, HttpServletRequest request) {
        Caller.controllerOrStaff(request);
        return shown(answered(() -> store.find(id))
                .orElseThrow(() ->
                        ProblemException.of(ProblemCode.UNKNOWN_REFERENCE, "There is no such operation on keys.")));
    }

    private Shown shown(Operation operation) {
        return new Shown(
                operation.id(),
                operation.kind(),
                operation.arguments(),
                operation.requestedBy(),
                operation.state(),
                operation.createdAt(),
                operation.startedAt(),
                operation.finishedAt(),
                operation.step(),
                operation.done(),
                operation.total(),
                operation.estimatedStepEnd(clock.instant()),
                operation.error());
    }

    private static <T> T answered(Supplier<T> question) {
        try {
            return question.get();
        } catch (DataAccessException | TransactionException e) {
            throw ProblemException.later(
                    ProblemCode.KEYS_UNAVAILABLE, "Operations on keys cannot be stored or read.", RETRY_AFTER);
        }
    }
}
