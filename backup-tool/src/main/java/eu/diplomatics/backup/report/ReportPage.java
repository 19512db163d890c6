package eu.diplomatics.backup.report;

import eu.diplomatics.backup.generation.DrillIndex;
import eu.diplomatics.backup.generation.DrillReport;
import eu.diplomatics.backup.generation.DrillReport.Evidence;
import eu.diplomatics.backup.generation.DrillReport.Sample;
import eu.diplomatics.backup.generation.DrillReport.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The template with the figures of one report in it: text where it says {@code ${name}}, rows in the table of that id. */
final class ReportPage {
    private static final String TEMPLATE = "drill-report.xhtml";
    private static final Pattern HOLE = Pattern.compile("\\$\\{([a-zA-Z]+)}");

    private final DrillReport report;
    private final DrillIndex.Entry entry;
    private final Map<String, String> texts = new HashMap<>();

    ReportPage(DrillReport report, DrillIndex.Entry entry) {
        this.report = report;
        this.entry = entry;
        texts.put("id", report.id());
        texts.put("verdict", report.verdict().toString());
        texts.put("scenario", report.scenario());
        texts.put("kind", entry.kind() == null ? "RESTORE" : entry.kind().toString());
        texts.put("begunAt", report.begunAt().toString());
        texts.put("endedAt", report.endedAt().toString());
        texts.put("place", report.place());
        texts.put("generation", report.generation());
        texts.put("manifestHash", report.manifestHash());
        texts.put("madeBy", report.madeBy());
        texts.put("server", report.server());
        texts.put("events", Long.toString(report.events()));
        texts.put("root", report.root());
        texts.put("bytes", Long.toString(report.bytes()));
        texts.put("recoveryPoint", report.recoveryPointSeconds() + " s");
        texts.put("recoveryTime", report.recoveryTimeSeconds() + " s");
        texts.put("reportHash", entry.reportHash());
    }

    Document document() throws IOException {
        Document page = template();
        fill(page.getDocumentElement());
        report.phases().forEach(each -> row(page, "phases", each.name(), seconds(each.millis())));
        report.checks()
                .forEach(each -> row(page, "checks", each.name(), each.passed() ? "passed" : "FAILED", each.found()));
        Evidence evidence = report.evidence();
        if (evidence != null) {
            evidence.rows().forEach((table, rows) -> row(page, "rows", table, Long.toString(rows)));
            for (Tool tool : evidence.tools()) {
                row(page, "tools", tool.program(), tool.version(), tool.looked(), tool.passed() ? "passed" : "FAILED");
            }
            for (Sample sample : evidence.samples()) {
                row(
                        page,
                        "samples",
                        sample.of(),
                        sample.source(),
                        sample.same() + " of " + sample.answers().size(),
                        Long.toString(sample.later()));
            }
            evidence.handover().forEach(each -> row(page, "handover", each.key(), each.from()));
            evidence.deviations().forEach(each -> item(page, "deviations", each));
        }
        entry.signedOff()
                .forEach(each -> row(
                        page,
                        "signed",
                        each.by(),
                        each.at().toString(),
                        Objects.requireNonNullElse(each.remark(), "")));
        for (String table : List.of("rows", "tools", "samples", "handover", "signed")) {
            Element body = byId(page, table);
            if (!body.hasChildNodes()) {
                row(page, table, "none");
            }
        }
        if (!byId(page, "deviations").hasChildNodes()) {
            item(page, "deviations", "none");
        }
        return page;
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    private static Document template() throws IOException {
        try (InputStream in = ReportPage.class.getResourceAsStream(TEMPLATE)) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(Objects.requireNonNull(in, TEMPLATE));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fill(Element element) {
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Attr attribute = (Attr) element.getAttributes().item(i);
            attribute.setValue(filled(attribute.getValue()));
        }
        NodeList children = element.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            Node child = children.item(i);
            if (child instanceof Element inner) {
                fill(inner);
            } else if (child.getNodeType() == Node.TEXT_NODE) {
                child.setNodeValue(filled(child.getNodeValue()));
            }
        }
    }

    private String filled(String text) {
        return HOLE.matcher(text)
                .replaceAll(hole -> Matcher.quoteReplacement(Objects.requireNonNull(texts.get(hole.group(1)))));
    }

    /** The first cell names the row; a shorter row's last cell goes over the rest. */
    private static void row(Document page, String table, String... cells) {
        Element row = page.createElement("tr");
        for (int i = 0; i < cells.length; i++) {
            Element cell = page.createElement(i == 0 ? "th" : "td");
            if (i == 0) {
                cell.setAttribute("scope", "row");
            }
            cell.setTextContent(cells[i].isEmpty() ? "-" : cells[i]);
            row.appendChild(cell);
        }
        byId(page, table).appendChild(row);
    }

    private static void item(Document page, String list, String text) {
        Element item = page.createElement("li");
        item.setTextContent(text);
        byId(page, list).appendChild(item);
    }

    private static Element byId(Document page, String id) {
        for (String name : List.of("tbody", "ul")) {
            NodeList all = page.getElementsByTagName(name);
            for (int i = 0; i < all.getLength(); i++) {
                if (all.item(i) instanceof Element element
                        && element.getAttribute("id").equals(id)) {
                    return element;
                }
            }
        }
        throw new IllegalStateException("the template has no " + id);
    }
}
