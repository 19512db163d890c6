package eu.diplomatics.backup.place;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between, and cuts so many of the connections once so many bytes went to the server. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int server;
    private final long bytes;
    private final AtomicInteger cuts;

    CuttingProxy(int server, long bytes, int cuts) throws IOException {
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.server = server;
        this.bytes = bytes;
        this.cuts = new AtomicInteger(cuts);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), server);
                Thread.ofVirtual().start(() -> pass(client, to, cuts.getAndDecrement() > 0 ? bytes : Long.MAX_VALUE));
                Thread.ofVirtual().start(() -> pass(to, client, Long.MAX_VALUE));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void pass(Socket from, Socket to, long most) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 13];
            long passed = 0;
            for (int read = in.read(buffer); read >= 0 && passed < most; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                passed += read;
            }
        } catch (IOException e) {
            // the other side is gone
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
