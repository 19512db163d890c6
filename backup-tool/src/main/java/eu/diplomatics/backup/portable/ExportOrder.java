package eu.diplomatics.backup.portable;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.diplomatics.receipt.CanonicalJson;
import eu.diplomatics.sensitivity.Sensitivity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What two operators approve, by the hash of its {@link #text()}: who may read what, and until when it may be written.
 *
 * @param client of the custodian that is to unwrap
 * @param purpose in words, for whoever approves and for the access log
 * @param recipient age recipient
 * @param sensitivity class of the export; absent in orders of before it was stated, see {@link #highest()}
 * @param since position after which it begins; 0 for all
 * @param until last position, or 0 for what is there when it begins
 */
public record ExportOrder(
        String client,
        String id,
        String purpose,
        String recipient,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Sensitivity sensitivity,

        long since,
        String type,
        long until,
        Instant validUntil) {
    public static final String TYPE = "diplomatics export order v1";
    /** What the custodian's configuration calls the exporter. */
    public static final String CLIENT = "exporter";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

    /** @throws IllegalArgumentException when the range is none, or the purpose needs escaping */
    public static ExportOrder of(
            String recipient,
            Sensitivity sensitivity,
            long since,
            long until,
            String purpose,
            Instant now,
            Duration validFor) {
        if (since < 0 || until != 0 && until <= since) {
            throw new IllegalArgumentException("no range of positions");
        }
        if (!purpose.matches("[A-Za-z0-9 .,:;()/-]{1,120}")) {
            throw new IllegalArgumentException("a purpose is 1 to 120 letters, digits, spaces and . , : ; ( ) / -");
        }
        return new ExportOrder(
                CLIENT,
                UUID.randomUUID().toString(),
                purpose,
                recipient,
                sensitivity,
                since,
                TYPE,
                until,
                now.plus(validFor).truncatedTo(ChronoUnit.SECONDS));
    }

    /** The class of the export: it holds no field above it (R30). */
    public Sensitivity highest() {
        return sensitivity == null ? Sensitivity.SPECIAL : sensitivity;
    }

    /** Canonical JSON (RFC 8785). */
    public String text() {
        return CanonicalJson.text(JSON.convertValue(this, MEMBERS));
    }

    public String hash() {
        return Sha256.of(text());
    }

    /** @throws PortableException when it is none, or not canonical */
    public static ExportOrder parse(String text) throws PortableException {
        try {
            ExportOrder order = JSON.readValue(text, ExportOrder.class);
            if (order.type().equals(TYPE) && order.text().equals(text)) {
                return order;
            }
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw new PortableException(PortableException.Code.OTHER_ORDER, "order.json is no order", e);
        }
        throw new PortableException(PortableException.Code.OTHER_ORDER, "order.json is no order as it was written");
    }
}
