package eu.diplomatics.qualification;

/** What a supplier asks to correct: the whole basis data anew, and why. */
public record CorrectionRequest(Basis basis, String reason) {
    @Override
    public String toString() {
        return "CorrectionRequest[redacted]";
    }
}
