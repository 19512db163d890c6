package eu.diplomatics.backup.report;

import com.openhtmltopdf.extend.FSSupplier;
import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder.PdfAConformance;
import com.openhtmltopdf.util.XRLog;
import eu.diplomatics.backup.generation.DrillIndex;
import eu.diplomatics.backup.generation.DrillReport;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.pdfbox.pdmodel.PDDocument;

/**
 * The report of a drill for people: PDF/UA-1 and PDF/A-3a, tagged, with language, title, bookmarks, headers of tables and fonts in
 * it. Everything in it stands in the signed report, whose hash it names; the PDF itself is not signed.
 */
public final class ReportPdf {
    private static final int REGULAR = 400;
    private static final String FAMILY = "report";
    /** Comes with PDFBox. */
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    private ReportPdf() {}

    /** @param entry of the index: hash and who stands for it */
    public static void write(DrillReport report, DrillIndex.Entry entry, OutputStream out) throws IOException {
        System.setProperty("java.awt.headless", "true");
        FSSupplier<InputStream> font = ReportPdf::font;
        XRLog.setLoggingEnabled(false);
        new PdfRendererBuilder()
                .withW3cDocument(new ReportPage(report, entry).document(), null)
                .useFont(font, FAMILY, REGULAR, FontStyle.NORMAL, true)
                .usePdfUaAccessibility(true)
                .usePdfAConformance(PdfAConformance.PDFA_3_A)
                .useColorProfile(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData())
                .withProducer("diplomatics backup-tool")
                .toStream(out)
                .run();
    }

    private static InputStream font() {
        return Objects.requireNonNull(PDDocument.class.getResourceAsStream(FONT), FONT);
    }
}
