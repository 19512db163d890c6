package eu.diplomatics.query.led;

import jakarta.xml.soap.MessageFactory;
import jakarta.xml.soap.SOAPMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.ws.soap.saaj.SaajSoapMessage;
import org.springframework.ws.transport.TransportOutputStream;

/** A message of Spring's, with the call it belongs to. */
final class LedMessage extends SaajSoapMessage {
    private final @Nullable LedCall call;

    private final LedSigner signer;

    LedMessage(SOAPMessage message, MessageFactory factory, @Nullable LedCall call, LedSigner signer) {
        super(message, false, factory);
        this.call = call;
        this.signer = signer;
    }

    LedCall call() {
        if (call == null) {
            throw new IllegalStateException("an answer has no call");
        }
        return call;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (!signer.signs()) {
            super.writeTo(out);
            return;
        }
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        super.writeTo(plain);
        if (out instanceof TransportOutputStream transport) {
            transport.addHeader("Content-Type", "text/xml; charset=utf-8");
        }
        out.write(signer.signed(plain.toByteArray()));
    }
}
