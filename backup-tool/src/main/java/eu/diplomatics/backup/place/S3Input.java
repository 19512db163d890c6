package eu.diplomatics.backup.place;

import eu.diplomatics.backup.place.S3Client.Answer;
import eu.diplomatics.backup.place.S3Client.Body;
import eu.diplomatics.backup.place.S3Client.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An object, piece by piece: each piece has its own time limit and is asked for again where the network fails. */
final class S3Input extends InputStream {
    static final int PIECE_BYTES = 8 << 20;

    private static final int WHOLE = 200;
    private static final int PART = 206;
    private static final int NOT_FOUND = 404;
    private static final int NOTHING_THERE = 416;
    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");

    private final S3Client client;
    private final String name;
    private final String key;
    private ByteArrayInputStream piece = new ByteArrayInputStream(new byte[0]);
    private String etag = "";
    private long next;
    private long size;

    private S3Input(S3Client client, String name, String key) {
        this.client = client;
        this.name = name;
        this.key = key;
    }

    /** @throws NoSuchFileException where there is none */
    static S3Input open(S3Client client, String name, String key) throws IOException {
        S3Input input = new S3Input(client, name, key);
        input.fetch();
        return input;
    }

    private void fetch() throws IOException {
        Map<String, String> headers = new TreeMap<>();
        headers.put("range", "bytes=" + next + "-" + (next + PIECE_BYTES - 1));
        if (!etag.isEmpty()) {
            headers.put("if-match", etag);
        }
        Answer answer = client.ask(new Question("GET", key, Map.of(), headers, Body.NONE, PIECE_BYTES));
        switch (answer.status()) {
            case NOT_FOUND -> throw new NoSuchFileException(name);
            case NOTHING_THERE -> {
                if (next != 0) {
                    throw changed();
                }
            }
            case WHOLE -> {
                if (next != 0) {
                    throw new PlaceException(client.name() + " does not give parts of an object");
                }
                size = answer.body().length;
            }
            case PART -> {
                Matcher range = RANGE.matcher(answer.header("content-range"));
                if (!range.matches() || Long.parseLong(range.group(1)) != next) {
                    throw new PlaceException(client.name() + " gives other parts of an object than it was asked for");
                }
                long told = Long.parseLong(range.group(2));
                if (next != 0 && told != size || answer.body().length != Math.min(PIECE_BYTES, told - next)) {
                    throw changed();
                }
                size = told;
            }
            default -> throw S3Refusal.of(client.name(), "give " + name, answer);
        }
        etag = answer.header("etag");
        next += answer.status() == NOTHING_THERE ? 0 : answer.body().length;
        piece = new ByteArrayInputStream(answer.status() == NOTHING_THERE ? new byte[0] : answer.body());
    }

    private PlaceException changed() {
        return new PlaceException(client.name() + " gives parts that do not make one object: " + name);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (piece.available() == 0) {
            if (next >= size) {
                return -1;
            }
            fetch();
        }
        return piece.read(into, offset, length);
    }
}
