package eu.diplomatics.keyring;

/** The legal regime of what a data key protects: it decides whether the key may be shredded. */
public enum KeyRegime {
    /** Kept by law: a qualification. */
    STATUTORY,
    /** Erased when the law asks: the identity of a holder. */
    ERASABLE,
    /** Lives as long as a job: spool and results of a batch. */
    JOB
}
