package eu.diplomatics.qualification;

/** A national number (INSZ): eleven digits whose check number holds. It never prints itself. */
public record Insz(String digits) {
    @Override
    public String toString() {
        return "Insz[redacted]";
    }
}
