package eu.diplomatics.led;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Short words for trees in which elements below the outermost have no namespace. */
final class Elements {
    private Elements() {}

    static List<Element> children(Node parent) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    static Optional<Element> at(Element from, String... path) {
        Element at = from;
        for (String name : path) {
            Element next = null;
            for (Element child : children(at)) {
                if (name.equals(child.getLocalName())) {
                    next = child;
                    break;
                }
            }
            if (next == null) {
                return Optional.empty();
            }
            at = next;
        }
        return Optional.of(at);
    }

    static Optional<String> text(Element from, String... path) {
        return at(from, path).map(Element::getTextContent);
    }

    /** A new child. */
    static Element add(Element parent, String name) {
        Document document = parent.getOwnerDocument();
        Element child = document.createElementNS(null, name);
        parent.appendChild(child);
        return child;
    }

    /** A new child with a text. */
    static void add(Element parent, String name, String text) {
        add(parent, name).setTextContent(text);
    }
}
