package eu.diplomatics.backup.report;

import static org.assertj.core.api.Assertions.assertThat;

import eu.diplomatics.backup.generation.DrillIndex;
import eu.diplomatics.backup.generation.DrillReport;
import eu.diplomatics.backup.generation.DrillReport.Answer;
import eu.diplomatics.backup.generation.DrillReport.Check;
import eu.diplomatics.backup.generation.DrillReport.Evidence;
import eu.diplomatics.backup.generation.DrillReport.Handover;
import eu.diplomatics.backup.generation.DrillReport.Kind;
import eu.diplomatics.backup.generation.DrillReport.Phase;
import eu.diplomatics.backup.generation.DrillReport.Sample;
import eu.diplomatics.backup.generation.DrillReport.Tool;
import eu.diplomatics.backup.generation.DrillReport.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureElement;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureNode;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** R14: the report of a drill can be read by everybody, and says what the signed one says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportPdfTest {
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final DrillReport REPORT = new DrillReport(
            DrillReport.TYPE,
            "20261122T120000Z",
            "everything is lost",
            Instant.parse("2026-11-22T12:00:00Z"),
            Instant.parse("2026-11-22T12:03:00Z"),
            "first",
            "2026-11-22-01",
            "cd".repeat(32),
            "diplomatics backup-tool 0.1.0",
            "PostgreSQL 18.0",
            11_000_123,
            "ef".repeat(32),
            3_000_456_789L,
            Map.of("1", 11_000_123L),
            Map.of("local", "epoch-2026-11-22"),
            77,
            142,
            List.of(new Phase("data", 31_400), new Phase("services", 22_600)),
            List.of(
                    new Check("every byte is as it was", true, "812 segments"),
                    new Check("the canaries are answered", false, "canary-2 & <others>")),
            Verdict.FAILED,
            new Evidence(
                    Kind.EXIT,
                    Map.of("eventstore/eventstore.event", 11_000_123L),
                    List.of(new Tool("sha256sum", "sha256sum (GNU coreutils) 9.1", "812 of 812 segments", true)),
                    List.of(new Sample(
                            "records by reference",
                            "the export",
                            List.of(new Answer("aa", "aa"), new Answer("bb", "cc")),
                            3)),
                    List.of(new Handover("age identity", "who receives")),
                    List.of("the registry ran meanwhile")));

    private PDDocument pdf;
    private String text;

    @BeforeAll
    void write() throws IOException {
        DrillIndex.Entry entry = new DrillIndex.Entry(
                REPORT.id(),
                REPORT.generation(),
                REPORT.endedAt(),
                REPORT.verdict(),
                HASH,
                Kind.EXIT,
                List.of(new DrillIndex.SignedOff(
                        "Ann Peeters", Instant.parse("2026-11-23T09:00:00Z"), "mend the clock", HASH)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ReportPdf.write(REPORT, entry, out);
        pdf = Loader.loadPDF(out.toByteArray());
        text = new PDFTextStripper().getText(pdf).replaceAll("\\s", "");
    }

    @AfterAll
    void close() throws IOException {
        pdf.close();
    }

    @Test
    void itIsTaggedWithLanguageTitleAndBookmarks() {
        var catalog = pdf.getDocumentCatalog();
        assertThat(catalog.getMarkInfo().isMarked()).isTrue();
        assertThat(catalog.getLanguage()).isEqualTo("en");
        assertThat(catalog.getViewerPreferences().displayDocTitle()).isTrue();
        assertThat(pdf.getDocumentInformation().getTitle()).isEqualTo("Drill 20261122T120000Z: FAILED");
        List<String> bookmarks = new ArrayList<>();
        catalog.getDocumentOutline().children().forEach(each -> bookmarks.add(each.getTitle()));
        assertThat(bookmarks)
                .contains("Result", "What was checked", "Key handover", "Sign-off")
                .hasSize(9);
    }

    @Test
    void itSaysItselfThatItIsPdfUaAndPdfA() throws IOException {
        String metadata = new String(pdf.getDocumentCatalog().getMetadata().toByteArray(), StandardCharsets.UTF_8);
        assertThat(metadata).contains("pdfuaid", "pdfaid", "Drill 20261122T120000Z: FAILED");
    }

    @Test
    void tablesHaveHeadersAndHeadingsAreHeadings() {
        List<String> types = new ArrayList<>();
        types(pdf.getDocumentCatalog().getStructureTreeRoot(), types);
        assertThat(types.stream().filter("Table"::equals)).hasSize(8);
        assertThat(types).contains("H1", "H2", "TH", "TD", "TR", "Caption");
        assertThat(types.stream().filter("H2"::equals)).hasSize(9);
    }

    private static void types(PDStructureNode node, List<String> into) {
        for (Object kid : node.getKids()) {
            if (kid instanceof PDStructureElement element) {
                into.add(element.getStructureType());
                types(element, into);
            }
        }
    }

    @Test
    void everyFontIsInIt() throws IOException {
        int fonts = 0;
        for (PDPage page : pdf.getPages()) {
            for (COSName name : page.getResources().getFontNames()) {
                assertThat(page.getResources().getFont(name).isEmbedded()).isTrue();
                fonts++;
            }
        }
        assertThat(fonts).isPositive();
    }

    @Test
    void itsFiguresAreThoseOfTheSignedReport() {
        for (String figure : List.of(
                "11000123",
                "3000456789",
                "ef".repeat(32),
                "cd".repeat(32),
                HASH,
                "77 s",
                "142 s",
                "31.4 s",
                "22.6 s",
                "812 segments",
                "canary-2 & <others>",
                "sha256sum (GNU coreutils) 9.1",
                "1 of 2",
                "age identity",
                "the registry ran meanwhile",
                "Ann Peeters",
                "mend the clock")) {
            assertThat(text).contains(figure.replace(" ", ""));
        }
    }
}
