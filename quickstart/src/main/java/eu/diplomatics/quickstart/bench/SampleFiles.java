package eu.diplomatics.quickstart.bench;

import eu.diplomatics.quickstart.load.Loader;
import eu.diplomatics.quickstart.sample.SampleRegistration;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Files of sample registrations, each of one supplier and of the same number of rows; no row comes twice. */
final class SampleFiles {
    private final int rowsPerFile;
    private final Iterator<SampleRegistration> records;
    private final Map<String, Filling> filling = new HashMap<>();

    SampleFiles(long seed, int rowsPerFile) {
        this.rowsPerFile = rowsPerFile;
        this.records = Loader.records(seed, Long.MAX_VALUE);
    }

    /** A file as it is sent: NDJSON. */
    record SampleFile(String supplier, int rows, byte[] ndjson) {}

    private static final class Filling {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
        private int rows;
    }

    List<SampleFile> next(int files) {
        List<SampleFile> full = new ArrayList<>(files);
        while (full.size() < files) {
            full.add(next());
        }
        return full;
    }

    /** So many more, each made when it is asked for. */
    Iterator<SampleFile> iterator(int files) {
        return Stream.generate(this::next).limit(files).iterator();
    }

    private SampleFile next() {
        while (true) {
            SampleRegistration next = records.next();
            Filling file = filling.computeIfAbsent(next.supplier(), any -> new Filling());
            file.bytes.writeBytes(next.json());
            file.bytes.write('\n');
            if (++file.rows == rowsPerFile) {
                filling.remove(next.supplier());
                return new SampleFile(next.supplier(), file.rows, file.bytes.toByteArray());
            }
        }
    }
}
