package eu.diplomatics.registry.led;

import eu.diplomatics.led.LedDoor;
import eu.diplomatics.led.LedEnvelope;
import eu.diplomatics.registry.caller.Caller;
import org.springframework.ws.context.MessageContext;

/** A message that was let in, and whose it is. */
record LedCall(LedEnvelope envelope, LedDoor.Entrance entrance, Caller caller, String traceId) {
    static final String ATTRIBUTE = LedCall.class.getName();

    static LedCall of(MessageContext context) {
        if (context.getRequest() instanceof LedMessage message) {
            return message.call();
        }
        throw new IllegalStateException("not a message that was let in");
    }

    @Override
    public String toString() {
        return "LedCall[" + traceId + ", redacted]";
    }
}
