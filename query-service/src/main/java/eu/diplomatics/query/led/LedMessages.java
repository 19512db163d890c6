package eu.diplomatics.query.led;

import eu.diplomatics.led.LedEnvelope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.xml.soap.MessageFactory;
import jakarta.xml.soap.SOAPConstants;
import jakarta.xml.soap.SOAPException;
import jakarta.xml.soap.SOAPMessage;
import java.io.InputStream;
import java.util.Objects;
import javax.xml.transform.dom.DOMSource;
import org.jspecify.annotations.Nullable;
import org.springframework.ws.WebServiceMessageFactory;
import org.springframework.ws.soap.saaj.SaajSoapMessageCreationException;
import org.springframework.ws.transport.context.TransportContextHolder;
import org.springframework.ws.transport.http.HttpServletConnection;

/**
 * Messages for Spring's dispatcher. One that comes in is never parsed again: it is the tree that was let in, so that what
 * is answered is what was checked.
 */
final class LedMessages implements WebServiceMessageFactory {
    private final MessageFactory factory;
    private final LedSigner signer;

    LedMessages(LedSigner signer) {
        this.signer = signer;
        try {
            factory = MessageFactory.newInstance(SOAPConstants.SOAP_1_1_PROTOCOL);
        } catch (SOAPException e) {
            throw new SaajSoapMessageCreationException("SAAJ does not know SOAP 1.1", e);
        }
    }

    @Override
    public LedMessage createWebServiceMessage() {
        return message(null);
    }

    @Override
    public LedMessage createWebServiceMessage(InputStream in) {
        HttpServletConnection connection = (HttpServletConnection)
                Objects.requireNonNull(Objects.requireNonNull(TransportContextHolder.getTransportContext())
                        .getConnection());
        HttpServletRequest request = connection.getHttpServletRequest();
        return message((LedCall) Objects.requireNonNull(request.getAttribute(LedCall.ATTRIBUTE)));
    }

    private LedMessage message(@Nullable LedCall call) {
        try {
            SOAPMessage message = factory.createMessage();
            if (call == null) {
                message.getSOAPHeader().detachNode();
            } else {
                message.getSOAPPart().setContent(new DOMSource(withoutSecurity(call.envelope())));
            }
            return new LedMessage(message, factory, call, signer);
        } catch (SOAPException e) {
            throw new SaajSoapMessageCreationException("no message was made", e);
        }
    }

    /** That header was understood before. */
    private static org.w3c.dom.Document withoutSecurity(LedEnvelope envelope) {
        var copy = (org.w3c.dom.Document) envelope.document().cloneNode(true);
        var headers = copy.getElementsByTagNameNS(LedEnvelope.SECURITY, "Security");
        while (headers.getLength() > 0) {
            var header = headers.item(0);
            header.getParentNode().removeChild(header);
        }
        return copy;
    }
}
