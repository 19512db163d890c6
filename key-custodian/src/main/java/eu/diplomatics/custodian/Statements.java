package eu.diplomatics.custodian;

import eu.diplomatics.custodian.Refusal.Code;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What others sign and the custodian believes, each by its pinned keys. A statement is canonical JSON; its signature,
 * Ed25519 (or ECDSA), is over its type, a line feed and the statement. Every method throws {@link Refusal}.
 */
final class Statements {
    static final String SCHEDULE = "diplomatics destruction schedule v1";
    static final String GENERATIONS = "diplomatics generation index v1";
    static final String KEYRING = "diplomatics keyring statement v1";
    static final String INVENTORY = "diplomatics key inventory v1";

    /** Generations that must be newer than the one whose key goes, whatever a schedule says. */
    static final int NEWER_GENERATIONS = 3;

    private static final Duration FRESH = Duration.ofHours(24);
    private static final Duration LONGEST_SCHEDULE = Duration.ofDays(366);
    /** By how much clocks may differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final String custodian;
    private final CustodianConfiguration.Authorities authorities;

    Statements(String custodian, CustodianConfiguration.Authorities authorities) {
        this.custodian = custodian;
        this.authorities = authorities;
    }

    /** A text with its signature. */
    record Signed(String statement, byte[] signature) {
        String hash() {
            return PublicKeys.fingerprint(statement.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The controller's word in advance, by which keys are destroyed without anybody being asked. */
    record Schedule(String type, String custodian, int newerGenerations, Instant validFrom, Instant validUntil) {}

    record Generation(LocalDate day, String manifestHash, Instant verifiedAt) {}

    /** The generations there are, each verified. */
    record GenerationIndex(String type, List<Generation> generations, Instant issuedAt) {}

    /** The epoch keys of this custodian under which the live keyring stands. */
    record KeyringStatement(String type, String custodian, List<String> labels, Instant issuedAt) {}

    record Artefact(String name, long rows) {}

    /** Where something under a key could be, and how much is. */
    record Inventory(String type, String custodian, String label, List<Artefact> artefacts, Instant issuedAt) {}

    /** @return how many newer generations the controller asks for */
    int schedule(Signed signed, Instant now) {
        Schedule schedule = read(signed, SCHEDULE, Schedule.class, authorities.controller());
        must(schedule.type().equals(SCHEDULE) && schedule.custodian().equals(custodian));
        must(schedule.newerGenerations() >= NEWER_GENERATIONS);
        Instant from = schedule.validFrom();
        Instant until = schedule.validUntil();
        must(from.isBefore(until) && Duration.between(from, until).compareTo(LONGEST_SCHEDULE) <= 0);
        if (now.isBefore(from) || !now.isBefore(until)) {
            throw new Refusal(Code.STATEMENT_STALE);
        }
        return schedule.newerGenerations();
    }

    /** Enough verified generations are newer than the key's day, and that of the day itself is not there any more. */
    void generations(Signed signed, LocalDate day, int newer, Instant now) {
        GenerationIndex index = read(signed, GENERATIONS, GenerationIndex.class, authorities.manifest());
        must(index.type().equals(GENERATIONS));
        fresh(index.issuedAt(), now);
        Set<LocalDate> days = new HashSet<>();
        for (Generation generation : index.generations()) {
            must(generation.manifestHash().matches("[0-9a-f]{64}") && days.add(generation.day()));
            must(!generation.verifiedAt().isAfter(index.issuedAt())
                    && !generation
                            .verifiedAt()
                            .isBefore(generation
                                    .day()
                                    .atStartOfDay(ZoneOffset.UTC)
                                    .toInstant()));
        }
        if (days.contains(day)
                || days.stream().filter(other -> other.isAfter(day)).count() < newer) {
            throw new Refusal(Code.KEY_STILL_NEEDED);
        }
    }

    void keyring(Signed signed, String label, LocalDate day, Instant now) {
        KeyringStatement keyring = read(signed, KEYRING, KeyringStatement.class, authorities.inventory());
        must(keyring.type().equals(KEYRING)
                && keyring.custodian().equals(custodian)
                && !keyring.labels().isEmpty());
        issued(keyring.issuedAt(), day, now);
        if (keyring.labels().contains(label)) {
            throw new Refusal(Code.KEY_STILL_NEEDED);
        }
    }

    /** Signed by registry and controller: nothing is left under the key. */
    void inventory(Signed byRegistry, byte[] byController, String label, LocalDate day, Instant now) {
        Inventory inventory = read(byRegistry, INVENTORY, Inventory.class, authorities.inventory());
        read(new Signed(byRegistry.statement(), byController), INVENTORY, Inventory.class, authorities.controller());
        must(inventory.type().equals(INVENTORY)
                && inventory.custodian().equals(custodian)
                && inventory.label().equals(label)
                && !inventory.artefacts().isEmpty());
        issued(inventory.issuedAt(), day, now);
        if (inventory.artefacts().stream().anyMatch(artefact -> artefact.rows() != 0)) {
            throw new Refusal(Code.KEY_STILL_NEEDED);
        }
    }

    private static void issued(Instant at, LocalDate day, Instant now) {
        fresh(at, now);
        // until its day ends, more can come under the key
        if (at.isBefore(day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant())) {
            throw new Refusal(Code.STATEMENT_STALE);
        }
    }

    private static void fresh(Instant at, Instant now) {
        if (at.isAfter(now.plus(SKEW)) || at.isBefore(now.minus(FRESH))) {
            throw new Refusal(Code.STATEMENT_STALE);
        }
    }

    private static <T> T read(Signed signed, String type, Class<T> shape, List<byte[]> keys) {
        byte[] message = (type + "\n" + signed.statement()).getBytes(StandardCharsets.UTF_8);
        if (keys.stream().noneMatch(key -> PublicKeys.verifies(key, message, signed.signature()))) {
            throw new Refusal(Code.SIGNATURE_INVALID);
        }
        try {
            JsonNode tree = Messages.JSON.readTree(signed.statement());
            must(Canonical.text(tree).equals(signed.statement()));
            return Messages.JSON.treeToValue(tree, shape);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new Refusal(Code.STATEMENT_INVALID);
        }
    }

    private static void must(boolean condition) {
        if (!condition) {
            throw new Refusal(Code.STATEMENT_INVALID);
        }
    }
}
