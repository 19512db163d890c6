package eu.diplomatics.keyring;

/** Is told where a rotation is; what it throws ends the run, which may be taken up again. */
public interface RotationWatch {
    RotationWatch NOBODY = new RotationWatch() {};

    /** Begins a step and forgets the figures of the one before. */
    default void step(String name) {}

    /**
     * How far the step is.
     *
     * @param total an estimate, 0 when not known
     */
    default void progress(long done, long total) {}
}
