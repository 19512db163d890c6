package eu.diplomatics.golive;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings under {@code diplomatics.zones}, as they were written.
 *
 * @param a the host: event store, Kafka, projections, access log
 * @param b keyring and blind index
 * @param c who runs the services, and sees plaintext in their memory
 * @param custodian master and index keys
 * @param allowed countries (ISO 3166-1 alpha-2); without them the states of the European Economic Area
 * @param oneMachine everything stands on one machine, for tests: said instead of zones, in the profile {@code insecure}
 */
public record ZoneSettings(
        @Nullable Place a,
        @Nullable Place b,
        @Nullable Place c,
        @Nullable Place custodian,
        @Nullable List<String> allowed,
        boolean oneMachine) {
    /**
     * @param operator the legal person that runs it
     * @param country where it stands
     * @param parent country of the operator's ultimate parent company: the jurisdiction that could order it
     * @param riskAcceptedBy for zone c: who signed that its operator sees plaintext
     * @param riskAcceptedOn and when, as in 2026-11-22
     */
    public record Place(
            @Nullable String operator,
            @Nullable String country,
            @Nullable String parent,
            @Nullable String riskAcceptedBy,
            @Nullable String riskAcceptedOn) {}
}
