package eu.diplomatics.custodian;

import eu.diplomatics.custodian.AuditLine.Read;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows a log line by line and says what is wrong with the first one that does not fit. */
final class AuditChain {
    private final Map<String, byte[]> keys = new HashMap<>();
    private final Map<String, Long> signedBy = new HashMap<>();
    private boolean anchored;
    private boolean checksSignatures;
    private String hash = AuditLine.START;
    private String label = "";
    private long n;
    private long signedUpTo;

    /** From the first line on. */
    static AuditChain whole() {
        AuditChain chain = new AuditChain();
        chain.anchored = true;
        chain.checksSignatures = true;
        return chain;
    }

    /** From the first line of a later file on, which names the hash before it; without the keys, so no signatures. */
    static AuditChain fromAFile() {
        return new AuditChain();
    }

    String hash() {
        return hash;
    }

    long lines() {
        return n;
    }

    /** Of the key that signs. */
    String label() {
        return label;
    }

    /** The last line before a signed head. */
    long signedUpTo() {
        return signedUpTo;
    }

    /** Fingerprints of the keys that signed a head, with the last line each signed. */
    Map<String, Long> signedBy() {
        return Map.copyOf(signedBy);
    }

    /** @return what is wrong; empty when the line follows */
    String follow(@Nullable Read read) {
        if (read == null) {
            return "is not a line of the log";
        }
        AuditLine line = read.line();
        String previous = line.previous();
        if (!anchored) {
            if (previous == null) {
                return "does not begin its file as the log does";
            }
            anchored = true;
            hash = previous;
            n = line.n() - 1;
        }
        if (line.n() != n + 1) {
            return "has number " + line.n() + " where " + (n + 1) + " follows: lines are gone, added or moved";
        }
        if (!read.follows(hash) || (previous != null && !previous.equals(hash))) {
            return "does not follow from the line before it: one of the two was changed";
        }
        String problem = previous == null ? "" : signature(line);
        if (problem.isEmpty()) {
            hash = read.hash();
            n = line.n();
        }
        return problem;
    }

    private String signature(AuditLine line) {
        byte[] signature = line.signature();
        byte[] publicKey = line.publicKey();
        if (signature == null) {
            return "lacks its signature";
        }
        if (line.verb().equals(AuditLine.KEY) && publicKey != null) {
            byte[] signer = keys.getOrDefault(label, publicKey);
            byte[] message = AuditLine.keyToSign(line.client(), line.n(), hash, line.outcome(), publicKey);
            if (checksSignatures && !PublicKeys.verifies(signer, message, signature)) {
                return "announces a key that the one before did not sign";
            }
            label = line.outcome();
            keys.put(label, publicKey);
            return "";
        }
        if (!line.verb().equals(AuditLine.HEAD)) {
            return "is not a line of the log";
        }
        if (!checksSignatures) {
            label = line.outcome();
            return "";
        }
        byte[] key = keys.get(line.outcome());
        // the token was away: the next signed head covers these lines
        if (signature.length > 0) {
            if (key == null
                    || !line.outcome().equals(label)
                    || !PublicKeys.verifies(key, AuditLine.headToSign(line.client(), n, hash), signature)) {
                return "is a head that the key in use did not sign";
            }
            signedUpTo = n;
            signedBy.put(PublicKeys.fingerprint(key), n);
        }
        return "";
    }
}
