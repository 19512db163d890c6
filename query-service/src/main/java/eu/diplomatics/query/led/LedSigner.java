package eu.diplomatics.query.led;

import eu.diplomatics.led.LedSigning;
import eu.diplomatics.led.StrictXml.Bounds;
import org.jspecify.annotations.Nullable;

/** Signs answers, where there is a key to sign them with. */
record LedSigner(@Nullable LedSigning signing) {
    boolean signs() {
        return signing != null;
    }

    byte[] signed(byte[] message) {
        return signing == null ? message : signing.sign(message, Bounds.ANSWER);
    }
}
