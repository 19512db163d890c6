package eu.diplomatics.backup.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import eu.diplomatics.envelope.Cobblestone;
import eu.diplomatics.envelope.EnvelopeException;
import eu.diplomatics.envelope.SealingOutputStream;
import eu.diplomatics.envelope.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A segment gives back the rows it was given, whatever they are, and nothing but whole ones. */
class SegmentTest {
    private static final SegmentContext CONTEXT = new SegmentContext("2026-11-23-01", "data", "a.b.c", 0);

    private final SecretBytes key = SecretBytes.random(32);
    private final Random random = new Random(1);

    @TempDir
    private Path directory;

    private static byte[] row(byte[]... fields) {
        int length = Short.BYTES;
        for (byte[] field : fields) {
            length += Integer.BYTES + field.length;
        }
        ByteBuffer row = ByteBuffer.allocate(length).putShort((short) fields.length);
        for (byte[] field : fields) {
            row.putInt(field.length).put(field);
        }
        return row.array();
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Path written(List<byte[]> rows) throws IOException {
        Path file = directory.resolve("segment-" + random.nextLong());
        try (SegmentWriter writer = new SegmentWriter(key, CONTEXT, file)) {
            RowBlock block = new RowBlock();
            for (byte[] row : rows) {
                block.add(CopyRows.of(row));
                if (block.isFull()) {
                    writer.write(block);
                    block.clear();
                }
            }
            writer.write(block);
            SegmentWriter.Finished finished = writer.finish();
            assertThat(finished.rows()).isEqualTo(rows.size());
            assertThat(finished.bytes()).isEqualTo(Files.size(file));
        }
        return file;
    }

    private List<byte[]> read(InputStream sealed) throws IOException {
        List<byte[]> rows = new ArrayList<>();
        try (SegmentReader reader = new SegmentReader(key, CONTEXT, sealed)) {
            for (ByteBuffer row = reader.next(); row.hasRemaining(); row = reader.next()) {
                byte[] bytes = new byte[row.remaining()];
                row.get(bytes);
                rows.add(bytes);
            }
            assertThat(reader.rows()).isEqualTo(rows.size());
        }
        return rows;
    }

    @Test
    void givesBackRowsOfAllSizesInTheirOrder() throws IOException {
        List<byte[]> rows = new ArrayList<>();
        rows.add(row());
        rows.add(row(new byte[0]));
        rows.add(row(noise(3 << 20), noise(1)));
        for (int i = 0; i < 2_000; i++) {
            rows.add(row(noise(8), noise(random.nextInt(3_000))));
        }
        rows.add(row(new byte[700_000]));
        for (int i = 0; i < 2_000; i++) {
            rows.add(row(new byte[random.nextInt(3_000)]));
        }

        assertThat(read(Files.newInputStream(written(rows)))).containsExactlyElementsOf(rows);
        assertThat(read(Files.newInputStream(written(List.of())))).isEmpty();
    }

    @Test
    void isCompressedWhereThatHelpsAndZstdReadsBoth() throws IOException {
        List<byte[]> same = new ArrayList<>();
        List<byte[]> different = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            same.add(row(new byte[1_000]));
            different.add(row(noise(1_000)));
        }
        long plain = 1_000 * (Short.BYTES + Integer.BYTES + 1_000L);

        assertThat(Files.size(written(same))).isLessThan(plain / 50);
        assertThat(Files.size(written(different))).isBetween(plain, plain + plain / 500);
        for (List<byte[]> rows : List.of(same, different)) {
            byte[] opened = Cobblestone.open(key, CONTEXT.bytes(), Files.readAllBytes(written(rows)));
            byte[] copy = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(opened)).readAllBytes();
            assertThat(copy).hasSize((int) plain + CopyFormat.HEADER.length + CopyFormat.TRAILER.length);
            assertThat(copy).startsWith(CopyFormat.HEADER).endsWith(CopyFormat.TRAILER);
        }
    }

    @Test
    void opensAlsoWhatWasOneFrame() throws IOException {
        byte[] row = row(noise(100), new byte[100_000]);

        assertThat(read(new ByteArrayInputStream(sealed(CopyFormat.HEADER, row, row, CopyFormat.TRAILER))))
                .containsExactly(row, row);
    }

    @Test
    void whatIsNotWholeIsRefused() throws IOException {
        byte[] row = row(noise(100));
        byte[] half = Arrays.copyOf(row, 50);
        byte[] long64 =
                ByteBuffer.allocate(6).putShort((short) 1).putInt(65 << 20).array();

        assertThatThrownBy(() -> read(new ByteArrayInputStream(sealed(CopyFormat.HEADER, row))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(sealed(CopyFormat.HEADER, row, half))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(
                        () -> read(new ByteArrayInputStream(sealed(CopyFormat.HEADER, row, CopyFormat.TRAILER, row))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(sealed(row, CopyFormat.TRAILER))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(sealed(CopyFormat.HEADER, long64))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(new ByteArrayInputStream(sealed(CopyFormat.HEADER, new byte[] {-1, -2, 0, 0}))))
                .isInstanceOf(IOException.class);
    }

    @Test
    void oneChangedByteAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(written(List.of(row(noise(40_000)), row(new byte[400]))));
        for (int at : new int[] {0, 23, 24, 55, 56, 70, 16_500, 33_000, whole.length - 17, whole.length - 1}) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> read(new ByteArrayInputStream(changed)))
                    .isInstanceOfAny(EnvelopeException.class, IOException.class);
        }
    }

    /** As earlier versions wrote it: all parts in one frame. */
    private byte[] sealed(byte[]... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SealingOutputStream sealing = Cobblestone.sealing(key, CONTEXT.bytes(), out);
        ZstdOutputStreamNoFinalizer compressing = new ZstdOutputStreamNoFinalizer(sealing, -3);
        compressing.setCloseFrameOnFlush(true);
        for (byte[] part : parts) {
            compressing.write(part);
        }
        compressing.flush();
        sealing.finish();
        compressing.close();
        return out.toByteArray();
    }
}
