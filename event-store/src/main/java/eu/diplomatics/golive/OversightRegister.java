package eu.diplomatics.golive;

import eu.diplomatics.golive.Zones.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The controller's registers of oversight (R34): security plan, audits, processors with their agreements. A file that
 * people keep; docs/compliance/oversight.md describes it.
 *
 * @param controller the legal person that answers for all of it; what it runs itself needs no agreement
 * @param zones as they were declared when the registers were last reviewed
 */
record OversightRegister(
        String controller,
        LocalDate reviewedOn,
        Map<String, Zone> zones,
        SecurityPlan securityPlan,
        InternalAudit internalAudit,
        List<Processor> processors) {
    /** @param reviewBy the last day it holds without being looked at again */
    record SecurityPlan(String version, LocalDate approvedOn, LocalDate reviewBy) {}

    record InternalAudit(LocalDate last, LocalDate next) {}

    /**
     * @param agreement where the agreement is found
     * @param subProcessorOf whose sub-processor it is; null for a processor of the controller's own
     */
    record Processor(
            String name,
            @Nullable String subProcessorOf,
            String agreement,
            LocalDate agreedOn,
            String auditReport,
            LocalDate auditedOn,
            LocalDate auditDue) {}

    /** A file that says something else than a register does; its message repeats nothing of it. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    private static final long MAXIMUM_BYTES = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static OversightRegister read(Path file) throws UnreadableException {
        OversightRegister register;
        try {
            if (Files.size(file) > MAXIMUM_BYTES) {
                throw new UnreadableException("the register of oversight has more than a million bytes");
            }
            register = JSON.readValue(Files.readAllBytes(file), OversightRegister.class);
        } catch (IOException e) {
            throw new UnreadableException("the register of oversight cannot be read");
        } catch (JacksonException e) {
            throw new UnreadableException(
                    "the register of oversight is not as docs/compliance/oversight.md says, in line "
                            + e.getLocation().getLineNr());
        }
        return complete(register);
    }

    private static OversightRegister complete(@Nullable OversightRegister register) throws UnreadableException {
        List<String> missing = new ArrayList<>();
        if (register == null) {
            throw new UnreadableException("the register of oversight is empty");
        }
        need(missing, "controller", register.controller);
        need(missing, "reviewedOn", register.reviewedOn);
        need(missing, "zones", register.zones);
        need(missing, "securityPlan", register.securityPlan);
        need(missing, "internalAudit", register.internalAudit);
        need(missing, "processors", register.processors);
        if (missing.isEmpty()) {
            need(missing, "securityPlan.version", register.securityPlan.version);
            need(missing, "securityPlan.approvedOn", register.securityPlan.approvedOn);
            need(missing, "securityPlan.reviewBy", register.securityPlan.reviewBy);
            need(missing, "internalAudit.last", register.internalAudit.last);
            need(missing, "internalAudit.next", register.internalAudit.next);
            for (int i = 0; i < register.processors.size(); i++) {
                Processor processor = register.processors.get(i);
                String at = "processors[" + i + "].";
                need(missing, at + "name", processor.name);
                need(missing, at + "agreement", processor.agreement);
                need(missing, at + "agreedOn", processor.agreedOn);
                need(missing, at + "auditReport", processor.auditReport);
                need(missing, at + "auditedOn", processor.auditedOn);
                need(missing, at + "auditDue", processor.auditDue);
            }
        }
        if (!missing.isEmpty()) {
            throw new UnreadableException("the register of oversight does not say " + String.join(", ", missing));
        }
        return register;
    }

    private static void need(List<String> missing, String name, @Nullable Object value) {
        if (value == null || value instanceof String text && text.isBlank()) {
            missing.add(name);
        }
    }
}
