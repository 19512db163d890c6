package eu.diplomatics.custodian;

import com.fasterxml.jackson.annotation.Nulls;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** What goes over the wire, and how strictly it is read. Byte arrays are base64. */
final class Messages {
    static final int MAX_BODY_BYTES = 512 * 1024;

    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(6)
                            .maxStringLength(256 * 1024)
                            .maxNameLength(64)
                            .maxNumberLength(20)
                            .maxDocumentLength(MAX_BODY_BYTES)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .changeDefaultNullHandling(handling -> handling.withContentNulls(Nulls.FAIL))
            .build();

    private Messages() {}

    /** A key under a master key; opaque to everybody else. */
    record Wrapped(String custodian, String label, String mechanism, byte[] iv, byte[] ciphertext) {}

    record WrapRequest(byte[] key, byte[] context) {}

    record WrapAnswer(Wrapped wrapped) {}

    record UnwrapRequest(Wrapped wrapped, byte[] context) {}

    record UnwrapAnswer(byte[] key) {}

    record IndexItem(String key, byte[] value) {}

    record IndexRequest(List<IndexItem> items) {}

    record IndexAnswer(List<byte[]> values) {}

    record ApproveRequest(String id, String hash) {}

    record RevokeRequest(String id) {}

    record PendingAnswer(List<Approvals.View> pending) {}

    record Receipt(String statement, byte[] signature) {}

    record RotateRequest(String key, int version) {}

    /** @param checkValue of an index key; empty for others */
    record RotateAnswer(String label, String checkValue) {}

    /**
     * @param checkValues of the index keys, the same at all sites
     * @param auditIntact whether the newest file of the audit log was whole at the start
     * @param auditHead to be kept outside, so that a cut end is seen
     * @param tickets what was granted beyond quotas, and how much of it is used
     * @param alarms of clients whose use looked like enumeration, until they are lifted
     */
    record Status(
            String custodian,
            String version,
            String token,
            boolean hardware,
            List<String> labels,
            byte[] receiptKey,
            String receiptAlgorithm,
            Map<String, String> checkValues,
            boolean auditIntact,
            AuditLog.Head auditHead,
            Collection<OperatorState.Ticket> tickets,
            Collection<OperatorState.Alarm> alarms) {}

    record Ready(String status, boolean hardware) {}

    /** @param token a {@link TokenState} */
    record NotReady(String status, String code, String detail, String token, String hint) {}

    record Problem(String code, String detail) {}

    static <T> T read(byte[] body, Class<T> type) {
        try {
            T value = JSON.readValue(body, type);
            if (value == null) {
                throw new Refusal(Refusal.Code.BODY_INVALID);
            }
            return value;
        } catch (JacksonException e) {
            // its message quotes the input
            throw new Refusal(Refusal.Code.BODY_INVALID);
        }
    }
}
