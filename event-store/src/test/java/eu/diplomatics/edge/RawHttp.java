package eu.diplomatics.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A connection on which anything can be said, also what no client library says. */
public final class RawHttp implements AutoCloseable {
    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    public RawHttp(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
    }

    /** Says it all and returns everything that comes until the other side closes, or is silent for a while. */
    public static String exchange(int port, String request) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            http.say(request);
            http.listen(Duration.ofSeconds(5));
            return http.answer();
        }
    }

    public void say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Says the drip again and again, until the other side closes.
     *
     * @param longEnough when to stop in any case
     * @return whether it closed
     */
    public boolean dripUntilClosed(String drip, Duration between, BooleanSupplier longEnough) throws IOException {
        while (!longEnough.getAsBoolean()) {
            try {
                say(drip);
            } catch (SocketException closed) {
                return true;
            }
            if (listen(between)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the other side closed; what it said before is kept. */
    public boolean listen(Duration silence) throws IOException {
        socket.setSoTimeout((int) silence.toMillis());
        byte[] bytes = new byte[4096];
        try {
            while (true) {
                int read = socket.getInputStream().read(bytes);
                if (read < 0) {
                    return true;
                }
                received.write(bytes, 0, read);
            }
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    public String answer() {
        return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
