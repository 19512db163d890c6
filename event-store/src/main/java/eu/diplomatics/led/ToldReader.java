package eu.diplomatics.led;

import java.util.MissingResourceException;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.util.StreamReaderDelegate;

/**
 * The JDK's reader, which has no words for some of what it refuses, a control character in a document type for one, and fails on
 * that: then, too, what was read is not well-formed.
 */
final class ToldReader extends StreamReaderDelegate {
    ToldReader(XMLStreamReader reader) {
        super(reader);
    }

    @Override
    public int next() throws XMLStreamException {
        return told(super::next);
    }

    @Override
    public int nextTag() throws XMLStreamException {
        return told(super::nextTag);
    }

    private interface Step {
        int take() throws XMLStreamException;
    }

    private static int told(Step step) throws XMLStreamException {
        try {
            return step.take();
        } catch (MissingResourceException e) {
            throw new XMLStreamException("not well-formed, in a way for which the parser has no words");
        }
    }
}
