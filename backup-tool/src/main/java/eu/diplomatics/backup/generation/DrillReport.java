package eu.diplomatics.backup.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a drill did and found; format in docs/backup-format.md. A statement that the manifest key signs.
 *
 * @param id when it began, {@code yyyymmddThhmmssZ}
 * @param scenario what was rehearsed
 * @param place the name of the place that the generation came from
 * @param recoveryPointSeconds how old the newest event of the generation was when the drill began
 * @param recoveryTimeSeconds from the first byte read to the last smoke query answered
 * @param keyVersions events by the generation of their data keys
 * @param epochKeys the custodian's keys under which the generation stands, by site
 * @param evidence null in reports of earlier versions
 */
public record DrillReport(
        String type,
        String id,
        String scenario,
        Instant begunAt,
        Instant endedAt,
        String place,
        String generation,
        String manifestHash,
        String madeBy,
        String server,
        long events,
        String root,
        long bytes,
        Map<String, Long> keyVersions,
        Map<String, String> epochKeys,
        long recoveryPointSeconds,
        long recoveryTimeSeconds,
        List<Phase> phases,
        List<Check> checks,
        Verdict verdict,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Evidence evidence) {
    public static final String TYPE = "diplomatics drill report v1";

    public DrillReport {
        phases = List.copyOf(phases);
        checks = List.copyOf(checks);
    }

    /** Part of the time. */
    public record Phase(String name, long millis) {}

    /** What was looked at, and what came of it. */
    public record Check(String name, boolean passed, String found) {}

    /** How much was rehearsed. */
    public enum Kind {
        /** What a generation brought still starts; no data. */
        SMALL,
        /** A generation comes back, with the custodian that there is. */
        RESTORE,
        /** An export goes on under another custodian. */
        EXIT
    }

    /**
     * What stands beside the checks.
     *
     * @param rows of the generation by table
     * @param tools programs that know nothing of ours, and what they said
     * @param samples answers of what came back, held against the source
     * @param handover which keys were needed, and whose they are
     * @param deviations in what this was not as a loss would be
     */
    public record Evidence(
            Kind kind,
            Map<String, Long> rows,
            List<Tool> tools,
            List<Sample> samples,
            List<Handover> handover,
            List<String> deviations) {
        public Evidence {
            rows = new TreeMap<>(rows);
            tools = List.copyOf(tools);
            samples = List.copyOf(samples);
            handover = List.copyOf(handover);
            deviations = List.copyOf(deviations);
        }
    }

    /** @param version the first line that the program says about itself */
    public record Tool(String program, String version, String looked, boolean passed) {}

    /**
     * Answers and their source, as digests (HMAC-SHA256) under a key that was drawn for this drill and is in no file: they say
     * whether two were the same, and nothing else.
     *
     * @param of what was asked
     * @param source whose answer it has to be
     * @param later how many were left out, since the record was changed after the source was written
     */
    public record Sample(String of, String source, List<Answer> answers, long later) {
        public Sample {
            answers = List.copyOf(answers);
        }

        /** How many are as the source says. */
        public long same() {
            return answers.stream()
                    .filter(each -> each.source().equals(each.answered()))
                    .count();
        }
    }

    /** Digests, hex; empty where nothing was answered. */
    public record Answer(String source, String answered) {}

    /** @param from who keeps it */
    public record Handover(String key, String from) {}

    /** Passed: every check was. */
    public enum Verdict {
        PASSED,
        FAILED
    }
}
