package eu.diplomatics.query.seal;

import java.util.Optional;

/** How far the controller's own copy of the access log is. */
public interface CopyWatch {
    /** Empty where nothing is shipped. */
    Optional<Seal.Copy> look();
}
