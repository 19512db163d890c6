package eu.diplomatics.registry.batch;

import eu.diplomatics.led.LedService;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Rejected questions as a LED file again, each behind a comment that tells its number and codes. */
final class LedRejects implements RejectedRows {
    private static final String BEFORE = """
            <?xml version="1.0" encoding="UTF-8"?>
            <r:%s xmlns:r="%s"><Verzoek>%s<Vragen>
            """;
    private static final String AFTER = "</Vragen></Verzoek></r:%s>%n";

    private final OutputStream out;

    LedRejects(OutputStream out, String context) throws IOException {
        this.out = out;
        print(BEFORE.formatted(
                LedService.REGISTREER_BEWIJS.element(), LedService.REGISTREER_BEWIJS.namespace(), context));
    }

    @Override
    public void write(RawRow row, RowResult result) throws IOException {
        print("<!-- errorCodes of row " + result.row() + ": " + RejectedRows.codes(result) + " -->\n");
        if (row instanceof RawRow.Question(byte[] xml)) {
            out.write(xml);
            out.write('\n');
        }
    }

    @Override
    public void end() throws IOException {
        print(AFTER.formatted(LedService.REGISTREER_BEWIJS.element()));
    }

    private void print(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
