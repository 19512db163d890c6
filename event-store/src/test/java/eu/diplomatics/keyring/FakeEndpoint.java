package eu.diplomatics.keyring;

import eu.diplomatics.local.LocalAuthority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** An endpoint with the custodian's certificate that answers what it is told to, whatever it is asked. */
final class FakeEndpoint {
    private FakeEndpoint() {}

    /** These answers, one a request, the last for ever. */
    static SSLServerSocket answering(LocalAuthority authority, String... answers) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(authority.keyStore("custodian"))) {
            store.load(in, authority.password());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, authority.password());
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), null, null);
        var server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        AtomicInteger given = new AtomicInteger();
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket connection = server.accept();
                    Thread.ofVirtual().start(() -> converse(connection, given, answers));
                }
            } catch (IOException closed) {
                // the test has ended
            }
        });
        return server;
    }

    /** With this status and body. */
    static String answer(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    static URI uri(SSLServerSocket server) {
        return URI.create("https://127.0.0.1:" + server.getLocalPort());
    }

    private static void converse(Socket connection, AtomicInteger given, String... answers) {
        try (connection) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    String answer = answers[Math.min(given.getAndIncrement(), answers.length - 1)];
                    connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException left) {
            // the client has had enough
        }
    }
}
