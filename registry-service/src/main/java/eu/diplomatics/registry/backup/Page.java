package eu.diplomatics.registry.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A well-formed template with texts where it says {@code ${name}}, rows in its tables, and nothing that could run. */
final class Page {
    private static final Pattern HOLE = Pattern.compile("\\$\\{([a-zA-Z]+)}");

    private final Document document;

    Page(String template, Map<String, String> texts) {
        try (InputStream in = Page.class.getResourceAsStream("/pages/" + template)) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            this.document = factory.newDocumentBuilder().parse(Objects.requireNonNull(in, template));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        fill(document.getDocumentElement(), texts);
    }

    private static void fill(Element element, Map<String, String> texts) {
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Attr attribute = (Attr) element.getAttributes().item(i);
            attribute.setValue(filled(attribute.getValue(), texts));
        }
        NodeList children = element.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            Node child = children.item(i);
            if (child instanceof Element inner) {
                fill(inner, texts);
            } else if (child.getNodeType() == Node.TEXT_NODE) {
                child.setNodeValue(filled(child.getNodeValue(), texts));
            }
        }
    }

    private static String filled(String text, Map<String, String> texts) {
        return HOLE.matcher(text)
                .replaceAll(hole ->
                        Matcher.quoteReplacement(Objects.requireNonNull(texts.get(hole.group(1)), hole.group(1))));
    }

    /** Says an element aloud. */
    void alarm(String id) {
        Element element = byId("p", id);
        element.setAttribute("role", "alert");
        element.setAttribute("class", "alarm");
    }

    /** The first cell names the row. */
    void row(String table, List<String> cells) {
        Element row = document.createElement("tr");
        for (int i = 0; i < cells.size(); i++) {
            Element cell = document.createElement(i == 0 ? "th" : "td");
            if (i == 0) {
                cell.setAttribute("scope", "row");
            }
            cell.setTextContent(cells.get(i));
            row.appendChild(cell);
        }
        byId("tbody", table).appendChild(row);
    }

    private Element byId(String name, String id) {
        NodeList all = document.getElementsByTagName(name);
        for (int i = 0; i < all.getLength(); i++) {
            if (all.item(i) instanceof Element element
                    && element.getAttribute("id").equals(id)) {
                return element;
            }
        }
        throw new IllegalStateException("the template has no " + id);
    }

    /** Its own style and nothing else. */
    String policy() {
        try {
            byte[] style = document.getElementsByTagName("style")
                    .item(0)
                    .getTextContent()
                    .getBytes(StandardCharsets.UTF_8);
            String hash = Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(style));
            return "default-src 'none'; style-src 'sha256-" + hash
                    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** HTML, UTF-8. */
    byte[] html() {
        try {
            TransformerFactory factory = TransformerFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_STYLESHEET, "");
            Transformer transformer = factory.newTransformer();
            transformer.setOutputProperty(OutputKeys.METHOD, "html");
            transformer.setOutputProperty(OutputKeys.INDENT, "no");
            transformer.setOutputProperty(OutputKeys.ENCODING, StandardCharsets.UTF_8.name());
            transformer.setOutputProperty(OutputKeys.DOCTYPE_SYSTEM, "about:legacy-compat");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            transformer.transform(new DOMSource(document), new StreamResult(out));
            return out.toByteArray();
        } catch (TransformerException e) {
            throw new IllegalStateException(e);
        }
    }
}
