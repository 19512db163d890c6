package eu.diplomatics.golive;

import eu.diplomatics.golive.GoLiveCondition.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all conditions came to at one time.
 *
 * @param service which service looked: each checks what it can see itself
 */
public record Readiness(String service, Gate gate, Instant checkedAt, List<Result> conditions) {
    private static final String TYPE = "diplomatics readiness v1";

    public Readiness {
        checkedAt = checkedAt.truncatedTo(ChronoUnit.SECONDS);
        conditions = List.copyOf(conditions);
    }

    /** What the gate does with real numbers. */
    public enum Gate {
        OPEN,
        CLOSED,
        /** The profile {@code insecure} runs on one machine, for tests: there is no gate, and nothing here is for real people. */
        NOT_APPLIED
    }

    /** One condition and what it came to. */
    public record Result(String id, String requirement, State state, String why, String whatToDo) {}

    /** The ids of the conditions that do not hold, or of which nobody knows. */
    public List<String> red() {
        return conditions.stream()
                .filter(result -> result.state() != State.GREEN)
                .map(Result::id)
                .toList();
    }

    /**
     * As a JSON object of texts, objects and lists: what is answered, and what is signed. Its {@code type} keeps the
     * signature from standing for anything else.
     */
    public Map<String, Object> document(Zones zones) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE);
        document.put("service", service);
        document.put("state", red().isEmpty() ? State.GREEN.name() : State.RED.name());
        document.put("gate", gate.name());
        document.put("checkedAt", checkedAt.toString());
        document.put("zones", zones.document());
        document.put("conditions", conditions.stream().map(Readiness::document).toList());
        return document;
    }

    private static Map<String, Object> document(Result result) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", result.id());
        document.put("requirement", result.requirement());
        document.put("state", result.state().name());
        document.put("why", result.why());
        document.put("whatToDo", result.whatToDo());
        return document;
    }
}
