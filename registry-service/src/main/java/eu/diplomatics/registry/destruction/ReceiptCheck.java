package eu.diplomatics.registry.destruction;

import eu.diplomatics.inventory.KeyringArtefacts.EpochKey;
import eu.diplomatics.keyring.DestructionReceipt;
import eu.diplomatics.keyring.DestructionReceipt.Said;
import eu.diplomatics.registry.destruction.DestructionStore.Signed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Whether a receipt is the site's own, about this key, whole, and for something this registry signed. */
final class ReceiptCheck {
    /** By how much clocks may differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final int PREFIX = "epoch-".length();

    private final Map<String, List<byte[]>> receiptKeys;
    private final Function<String, Optional<Signed>> statements;

    /** @param statements by the hash of what was signed */
    ReceiptCheck(Map<String, List<byte[]>> receiptKeys, Function<String, Optional<Signed>> statements) {
        this.receiptKeys = receiptKeys;
        this.statements = statements;
    }

    /** What came of it. */
    sealed interface Outcome {
        /** It holds. */
        record Good(Said said) implements Outcome {}

        /** It does not, and the key does not count as destroyed. */
        record Bad(Why why) implements Outcome {}
    }

    enum Why {
        /** By none of the keys that the configuration names for the site. */
        NOT_SIGNED,
        /** A member is missing or not of its form. */
        NOT_WHOLE,
        /** Of another key, or another site. */
        OTHER_KEY,
        /** For a statement that this registry never signed for that. */
        STATEMENT_UNKNOWN,
        /** From before the statement, before the key's day was over, or from the future. */
        WRONG_TIME
    }

    boolean knows(String custodian) {
        return !receiptKeys.getOrDefault(custodian, List.of()).isEmpty();
    }

    Outcome check(EpochKey key, DestructionReceipt receipt, Instant now) {
        if (receiptKeys.getOrDefault(key.custodian(), List.of()).stream().noneMatch(receipt::isSignedBy)) {
            return new Outcome.Bad(Why.NOT_SIGNED);
        }
        Optional<Said> said = receipt.said();
        return said.isEmpty()
                ? new Outcome.Bad(Why.NOT_WHOLE)
                : why(key, said.get(), now).<Outcome>map(Outcome.Bad::new).orElse(new Outcome.Good(said.get()));
    }

    private Optional<Why> why(EpochKey key, Said said, Instant now) {
        if (!said.custodian().equals(key.custodian()) || !said.label().equals(key.label())) {
            return Optional.of(Why.OTHER_KEY);
        }
        Optional<Signed> signed = statements
                .apply(said.inventoryHash())
                .filter(statement -> statement.custodian().equals(key.custodian())
                        && switch (statement.kind()) {
                            case KEYRING -> said.rule().equals("SCHEDULE");
                            case INVENTORY ->
                                said.rule().equals("EXCEPTION") && key.label().equals(statement.label());
                        });
        if (signed.isEmpty()) {
            return Optional.of(Why.STATEMENT_UNKNOWN);
        }
        Instant dayEnds =
                day(key.label()).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        boolean inTime = !said.destroyedAt().isBefore(signed.get().signedAt().minus(SKEW))
                && !said.destroyedAt().isBefore(dayEnds)
                && !said.destroyedAt().isAfter(now.plus(SKEW));
        return inTime ? Optional.empty() : Optional.of(Why.WRONG_TIME);
    }

    /** The day of an epoch key. */
    static LocalDate day(String label) {
        return LocalDate.parse(label.substring(PREFIX));
    }
}
