package eu.diplomatics.verify;

import eu.diplomatics.receipt.ReceiptVerifier;
import eu.diplomatics.timestamp.TimeStampException;
import eu.diplomatics.timestamp.TimeStamps;
import eu.diplomatics.transparency.CheckpointVerifier;
import eu.diplomatics.transparency.NoteException;
import eu.diplomatics.transparency.Proofs;
import eu.diplomatics.transparency.Resumption;
import eu.diplomatics.transparency.SignedNote;
import eu.diplomatics.transparency.TreeHash;
import eu.diplomatics.transparency.TreeHead;
import eu.diplomatics.transparency.VerifiedSignature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The chain from a receipt to somebody who trusts the log's key and its witnesses: the receipt is signed, its leaf stands
 * at its position of a tree, and that tree's checkpoint is signed by the log and cosigned. Each link is told apart.
 */
final class Verification {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Incarnations log;
    private final Verdict verdict;

    Verification(Incarnations log, Verdict verdict) {
        this.log = log;
        this.verdict = verdict;
    }

    /** A tree that somebody signed. */
    record Tree(String origin, TreeHead head) {}

    /** A receipt that is signed: its leaf, and where it stands. */
    record Place(long position, TreeHash leaf) {}

    /**
     * What goes with a receipt, as {@code GET /v1/receipts/{position}/proof} answers it.
     *
     * @param timeStamp empty when there is none
     */
    record Proof(long position, TreeHash leaf, List<TreeHash> hashes, byte[] checkpoint, byte[] timeStamp) {}

    /** Checks the receipt's signature; empty when it is not to be believed. */
    Optional<Place> receipt(String receipt, String keys) {
        ReceiptVerifier verifier;
        try {
            verifier = ReceiptVerifier.ofJson(keys);
        } catch (IllegalArgumentException e) {
            verdict.failed("receipt", "RECEIPT_KEYS_UNREADABLE", "the receipt keys are no key set (JWKS)");
            return Optional.empty();
        }
        switch (verifier.verify(receipt)) {
            case VALID -> {}
            case UNKNOWN_KEY -> {
                verdict.failed(
                        "receipt",
                        "RECEIPT_KEY_UNKNOWN",
                        "signed under a key that is not among the receipt keys given");
                return Optional.empty();
            }
            case INVALID -> {
                verdict.failed(
                        "receipt",
                        "RECEIPT_INVALID",
                        "no receipt, or not as it was signed: something in it was changed");
                return Optional.empty();
            }
        }
        JsonNode node = JSON.readTree(receipt);
        Optional<TreeHash> leaf = hex(node.path("leaf"));
        if (leaf.isEmpty() || !node.path("position").isIntegralNumber()) {
            verdict.failed("receipt", "RECEIPT_INVALID", "signed, and without position and leaf");
            return Optional.empty();
        }
        long position = node.path("position").asLong();
        verdict.ok(
                "receipt",
                "signed by the registry: position " + position + ", recorded at "
                        + node.path("recordedAt").asString("?") + ", reference "
                        + node.path("reference").asString("?"));
        return Optional.of(new Place(position, leaf.get()));
    }

    /** Reads a proof; empty when it is none. */
    Optional<Proof> proof(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            Optional<TreeHash> leaf = hex(node.path("leaf"));
            Optional<List<TreeHash>> hashes = hashes(node.path("hashes"));
            if (leaf.isPresent()
                    && hashes.isPresent()
                    && node.path("position").isIntegralNumber()
                    && node.path("checkpoint").isString()) {
                return Optional.of(new Proof(
                        node.path("position").asLong(),
                        leaf.get(),
                        hashes.get(),
                        node.path("checkpoint").asString().getBytes(StandardCharsets.UTF_8),
                        Base64.getDecoder().decode(node.path("timeStamp").asString(""))));
            }
        } catch (JacksonException | IllegalArgumentException e) {
            // as any other text that is no proof
        }
        verdict.failed(
                "proof", "PROOF_UNREADABLE", "no JSON with position, leaf, hashes and checkpoint: fetch it again");
        return Optional.empty();
    }

    /** Checks a checkpoint's signatures; empty when it is not to be believed. */
    Optional<Tree> checkpoint(String check, byte[] note) {
        try {
            CheckpointVerifier.Verified verified = log.verify(note);
            verdict.ok(
                    check,
                    "signed by " + verified.checkpoint().origin() + ": "
                            + verified.head().size() + " leaves");
            for (VerifiedSignature witness : verified.cosignatures()) {
                verdict.ok(
                        "witness",
                        witness.key().name() + " saw it at "
                                + witness.time().map(Object::toString).orElse("?"));
            }
            return Optional.of(new Tree(verified.checkpoint().origin(), verified.head()));
        } catch (NoteException e) {
            verdict.failed(check, "CHECKPOINT_" + e.reason(), reason(e));
            return Optional.empty();
        }
    }

    private static String reason(NoteException e) {
        return switch (e.reason()) {
            case SIGNATURE_INVALID ->
                "a signature does not verify: the checkpoint or the signature was changed or forged (" + e.getMessage()
                        + ")";
            case LOG_SIGNATURE_MISSING -> "not signed under the log key given: another log, or another key";
            case WITNESSES_MISSING -> "not cosigned by enough of the witnesses given (" + e.getMessage() + ")";
            case ORIGIN -> "a checkpoint of another log";
            default -> "no checkpoint in its one form (" + e.getMessage() + ")";
        };
    }

    /** Follows the log over a loss that was declared; false when the declaration is not to be believed. */
    boolean resumption(byte[] note) {
        try {
            Resumption declared = log.follow(note);
            verdict.ok(
                    "resumption",
                    declared.from().name() + " lost what stood behind position "
                            + declared.kept().size() + " and goes on as "
                            + declared.to().name() + ": " + declared.reasonCode() + ", declared at "
                            + declared.declaredAt());
            return true;
        } catch (NoteException e) {
            verdict.failed("resumption", "RESUMPTION_" + e.reason(), reason(e));
            return false;
        }
    }

    /** Checks that the receipt's leaf stands at its position under the checkpoint. */
    void inclusion(Place place, Proof proof, Tree tree) {
        TreeHead head = tree.head();
        Optional<Resumption> before = log.lossBefore(tree.origin(), place.position());
        Optional<Resumption> after = log.lossAfter(tree.origin(), place.position());
        if (proof.position() != place.position()) {
            verdict.failed(
                    "inclusion",
                    "PROOF_OF_ANOTHER_POSITION",
                    "the proof is about position " + proof.position() + ", the receipt about " + place.position());
        } else if (place.position() < 1 || place.position() > head.size()) {
            verdict.failed(
                    "inclusion",
                    "NOT_COVERED",
                    "the checkpoint has " + head.size()
                            + " leaves: fetch the proof again, two minutes after the receipt");
        } else if (after.isPresent()) {
            registerAgain(after.get());
        } else if (!proof.leaf().equals(place.leaf()) && before.isPresent()) {
            registerAgain(before.get());
        } else if (!proof.leaf().equals(place.leaf())) {
            verdict.failed(
                    "inclusion",
                    "LEAF_DIFFERS",
                    "the log has another leaf at position " + place.position() + " than the receipt promises");
        } else if (!Proofs.includes(head, place.position() - 1, place.leaf(), proof.hashes())) {
            verdict.failed(
                    "inclusion", "INCLUSION_FALSE", "the hashes do not lead from the leaf to the checkpoint's root");
        } else {
            verdict.ok("inclusion", "the leaf stands at position " + place.position() + " of the log");
        }
    }

    private void registerAgain(Resumption loss) {
        verdict.failed(
                "inclusion",
                "REGISTER_AGAIN",
                "the log lost this event, and declared so at " + loss.declaredAt()
                        + ": register it again, and keep the receipt");
    }

    /** Checks the time stamp over the checkpoint as the log signed it, without cosignatures. */
    void timeStamp(Proof proof, TimeStamps authorities) {
        if (proof.timeStamp().length == 0) {
            verdict.failed(
                    "time stamp",
                    "TIME_STAMP_MISSING",
                    "the proof has none: fetch it again with ?stamped=true, perhaps later");
            return;
        }
        try {
            TimeStamps.Stamped stamped =
                    authorities.verify(SignedNote.parse(proof.checkpoint()).firstSignedBytes(), proof.timeStamp());
            verdict.ok("time stamp", stamped.authority() + " saw the checkpoint at " + stamped.time());
        } catch (TimeStampException e) {
            verdict.failed("time stamp", "TIME_STAMP_" + e.reason(), String.valueOf(e.getMessage()));
        } catch (NoteException e) {
            verdict.failed("time stamp", "CHECKPOINT_" + e.reason(), reason(e));
        }
    }

    /** Checks that of two trees the larger begins with the smaller: the log only grew between two checkpoints. */
    void consistency(Tree oneTree, Tree otherTree, String json) {
        TreeHead one = oneTree.head();
        TreeHead other = otherTree.head();
        if (!oneTree.origin().equals(otherTree.origin())) {
            Optional<Resumption> loss = log.lossAfter(oneTree.origin(), one.size())
                    .or(() -> log.lossAfter(otherTree.origin(), other.size()));
            if (loss.isPresent()) {
                verdict.failed(
                        "consistency",
                        "CHECKPOINT_GIVEN_UP",
                        "the log lost what stood behind position "
                                + loss.get().kept().size() + ", and declared so: keep both checkpoints");
                return;
            }
        }
        TreeHead earlier = one.size() <= other.size() ? one : other;
        TreeHead later = one.size() <= other.size() ? other : one;
        if (earlier.equals(later)) {
            verdict.ok("consistency", "both checkpoints are of the same tree");
            return;
        }
        Optional<List<TreeHash>> hashes;
        try {
            hashes = hashes(JSON.readTree(json).path("hashes"));
        } catch (JacksonException e) {
            hashes = Optional.empty();
        }
        if (hashes.isEmpty()) {
            verdict.failed("consistency", "PROOF_UNREADABLE", "no consistency proof as the registry answers it");
        } else if (!Proofs.consistent(earlier, later, hashes.get())) {
            verdict.failed(
                    "consistency",
                    "CONSISTENCY_FALSE",
                    "no proof that the tree of " + later.size() + " leaves begins with that of " + earlier.size()
                            + ": another proof, or the log showed two histories; keep both checkpoints");
        } else {
            verdict.ok("consistency", "the log only grew from " + earlier.size() + " to " + later.size() + " leaves");
        }
    }

    private static Optional<TreeHash> hex(JsonNode node) {
        String text = node.asString("");
        return text.matches("[0-9a-f]{64}")
                ? Optional.of(TreeHash.of(HexFormat.of().parseHex(text)))
                : Optional.empty();
    }

    private static Optional<List<TreeHash>> hashes(JsonNode node) {
        List<TreeHash> hashes = new ArrayList<>();
        if (!node.isArray()) {
            return Optional.empty();
        }
        for (JsonNode each : node) {
            Optional<TreeHash> hash = TreeHash.ofBase64(each.asString(""));
            if (hash.isEmpty()) {
                return Optional.empty();
            }
            hashes.add(hash.get());
        }
        return Optional.of(hashes);
    }
}
