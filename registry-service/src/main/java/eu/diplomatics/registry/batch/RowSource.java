package eu.diplomatics.registry.batch;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows out of a body as it streams in, one at a time. */
interface RowSource {
    /** The next row; null at the end of the body. */
    @Nullable
    RawRow next() throws IOException;

    /** The header row of a CSV file, the context of a LED file; empty for a format without. */
    List<String> header();

    /** The body is not a file of its format from some row on; a row counts from 1 without the header, which is 0. */
    final class BrokenFileException extends IOException {
        private static final long serialVersionUID = 1L;

        private final Reason reason;
        private final long row;

        /** Why a file as a whole is refused. */
        enum Reason {
            NOT_UTF_8,
            NOT_CSV,
            NOT_LED,
            NO_HEADER,
            HEADER_TOO_LONG,
            TOO_LONG
        }

        BrokenFileException(Reason reason, long row) {
            super(reason + " at row " + row);
            this.reason = reason;
            this.row = row;
        }

        Reason reason() {
            return reason;
        }

        long row() {
            return row;
        }
    }
}
