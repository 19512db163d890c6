package eu.diplomatics.query.accesslog;

import eu.diplomatics.accesslog.Access;
import eu.diplomatics.accesslog.NoticeSeal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Which agencies received which records, for the notices that they will get; it lies beside the rows of the access log. */
final class Recipients {
    private static final String AGENCY = "AGENCY:";
    /** Being told that something happened to a record is not receiving it. */
    private static final String NOTICES = "NOTICES";

    private static final long DECOY = 0;

    private final NoticeSeal seal;

    Recipients(NoticeSeal seal) {
        this.seal = seal;
    }

    /** @param version the latest that was in the answer; 0 for a decoy, which leaves nothing */
    record Recipient(byte[] record, byte[] agency, long version, NoticeSeal.Sealed sealed) {
        @Override
        public String toString() {
            return "Recipient[redacted]";
        }
    }

    /** Where nothing was found as much is sealed as where something was, so that it takes as long. */
    List<Recipient> of(List<Access> accesses) {
        List<Recipient> recipients = new ArrayList<>();
        List<Access> ofAgencies = accesses.stream()
                .filter(access -> access.caller().startsWith(AGENCY)
                        && !access.operation().equals(NOTICES))
                .toList();
        if (ofAgencies.isEmpty()) {
            return recipients;
        }
        try (NoticeSeal.Session session = seal.open()) {
            for (Access access : ofAgencies) {
                String agency = access.caller().substring(AGENCY.length());
                versions(access).forEach((reference, version) -> {
                    byte[] record = session.record(reference);
                    byte[] recipient = session.recipient(reference, agency);
                    recipients.add(new Recipient(
                            record, recipient, version, session.sealRecipient(record, recipient, agency)));
                });
            }
        }
        return recipients;
    }

    private static Map<UUID, Long> versions(Access access) {
        if (access.disclosed().isEmpty()) {
            return Map.of(UUID.randomUUID(), DECOY);
        }
        Map<UUID, Long> versions = new HashMap<>();
        access.disclosed().forEach(each -> versions.merge(each.reference(), each.version(), Math::max));
        return versions;
    }
}
