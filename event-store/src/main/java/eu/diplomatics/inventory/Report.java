package eu.diplomatics.inventory;

/** Who is told what an artefact source sees, while it looks. */
public interface Report {
    void holding(Holding holding);

    void finding(Finding finding);

    /**
     * How far a step is.
     *
     * @param total an estimate, at least {@code done}
     */
    void progress(String step, long done, long total);
}
