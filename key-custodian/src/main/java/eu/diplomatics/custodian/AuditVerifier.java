package eu.diplomatics.custodian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;

/** Reads a whole audit log and says whether it is as it was written, or where it is not. */
final class AuditVerifier {
    private final AuditChain chain = AuditChain.whole();
    private final Set<String> wanted = new HashSet<>();
    private String problem = "";
    private Path file = Path.of("");
    private boolean newest;
    private int lineOfFile;

    private AuditVerifier() {}

    /**
     * @param problem empty when all is well; else names file and line
     * @param head the hash of the last line
     * @param signedUpTo the last line under a signature
     * @param signedBy fingerprints of the keys that signed, with the last line each signed
     */
    record Report(String problem, long lines, String head, long signedUpTo, Map<String, Long> signedBy) {
        boolean ok() {
            return problem.isEmpty();
        }
    }

    /**
     * @param expectedHead a hash that somebody outside has kept: it must be in the log
     * @param receiptKey fingerprint of a key that must have signed; without it, who rewrote everything under another key
     *     is not found
     */
    static Report verify(Path directory, Optional<String> expectedHead, Optional<String> receiptKey)
            throws IOException {
        AuditVerifier verifier = new AuditVerifier();
        expectedHead.ifPresent(head -> verifier.wanted.add(head.toLowerCase(Locale.ROOT)));
        Optional<AuditLog.Head> kept = verifier.keptHead(directory);
        List<Path> files = AuditFiles.in(directory);
        for (Path file : files) {
            if (verifier.problem.isEmpty()) {
                verifier.file = file;
                verifier.newest = file.equals(files.getLast());
                AuditFiles.lines(file, verifier::line);
            }
        }
        verifier.atTheEnd(directory, kept, receiptKey);
        AuditChain chain = verifier.chain;
        return new Report(verifier.problem, chain.lines(), chain.hash(), chain.signedUpTo(), chain.signedBy());
    }

    private Optional<AuditLog.Head> keptHead(Path directory) throws IOException {
        Path kept = AuditFiles.head(directory);
        if (!Files.exists(kept)) {
            return Optional.empty();
        }
        try {
            AuditLog.Head head = Messages.JSON.readValue(Files.readAllBytes(kept), AuditLog.Head.class);
            wanted.add(head.hash());
            return Optional.of(head);
        } catch (JacksonException e) {
            problem = kept + " line 1 is not a head";
            return Optional.empty();
        }
    }

    private void line(int number, String text, boolean complete) {
        if (!problem.isEmpty()) {
            return;
        }
        lineOfFile = number;
        if (!complete && newest) {
            // being written just now, or left by a crash: what it is about was not answered
            return;
        }
        String wrong = complete ? chain.follow(AuditLine.read(text)) : "is not complete";
        if (!wrong.isEmpty()) {
            problem = file + " line " + number + " " + wrong;
        }
        wanted.remove(chain.hash());
    }

    private void atTheEnd(Path directory, Optional<AuditLog.Head> kept, Optional<String> receiptKey) {
        if (!problem.isEmpty()) {
            return;
        }
        if (chain.lines() == 0) {
            problem = directory + " holds no audit log";
        } else if (!wanted.isEmpty()) {
            String after = file + " line " + lineOfFile;
            problem = kept.filter(head -> wanted.contains(head.hash())).isPresent()
                    ? after + " is the last, but line " + kept.get().line() + " was written and signed: the end was cut"
                    : after + " is the last, and no line has the head given: the end was cut, or it is another log";
        } else if (receiptKey.isPresent()
                && !chain.signedBy().containsKey(receiptKey.get().toLowerCase(Locale.ROOT))) {
            problem = file + " line " + lineOfFile + " is the last, and the key given signed none: it is another log";
        }
    }
}
