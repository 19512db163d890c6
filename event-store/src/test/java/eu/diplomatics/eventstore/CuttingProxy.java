package eu.diplomatics.eventstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** A way to the database that can lose the answer to a request which did arrive. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean loseNextAnswer = new AtomicBoolean();
    private volatile boolean refusing;

    CuttingProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next bytes from the database are dropped and the connection with them; the request went through. */
    void loseNextAnswer() {
        loseNextAnswer.set(true);
    }

    boolean hasLostIt() {
        return !loseNextAnswer.get();
    }

    /** Cuts every connection, and new ones as they come, until told otherwise. */
    void refuse(boolean refuse) {
        refusing = refuse;
        if (refuse) {
            sockets.forEach(CuttingProxy::shut);
        }
    }

    private Void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            if (refusing) {
                shut(client);
            } else {
                Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(database);
                threads.submit(() -> pump(client, database, false));
                threads.submit(() -> pump(database, client, true));
            }
        }
        return null;
    }

    private Void pump(Socket from, Socket to, boolean answers) throws IOException {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers && loseNextAnswer.compareAndSet(true, false)) {
                    return null;
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        }
        return null;
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(CuttingProxy::shut);
        threads.shutdown();
    }
}
