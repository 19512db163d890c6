package eu.diplomatics.custodian;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import eu.diplomatics.custodian.TokenException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running custodian: keys behind HTTPS in which the client shows a certificate, or gets no connection. */
public final class CustodianServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CustodianServer.class);
    private static final Duration GRACE = Duration.ofSeconds(5);

    static {
        // read once, when the JDK's server class is first used
        setDefault("sun.net.httpserver.nodelay", "true");
        setDefault("jdk.httpserver.maxConnections", "512");
        // longer than the JDK's client keeps an idle connection, so that the client closes first
        setDefault("sun.net.httpserver.idleInterval", "60");
        setDefault("sun.net.httpserver.maxReqTime", "10");
        setDefault("sun.net.httpserver.maxRspTime", "30");
        setDefault("sun.net.httpserver.maxReqHeaders", "50");
    }

    private final String host;
    private final HttpsServer server;
    private final CustodianHandler handler;
    private final ExecutorService threads;
    private final Token token;
    private final AuditLog audit;
    private boolean closed;

    private CustodianServer(
            String host,
            HttpsServer server,
            CustodianHandler handler,
            ExecutorService threads,
            Token token,
            AuditLog audit) {
        this.host = host;
        this.server = server;
        this.handler = handler;
        this.threads = threads;
        this.token = token;
        this.audit = audit;
    }

    /** Makes the keys a custodian has from the start, in a new key file or a token without keys; never overwrites one. */
    public static void initialise(CustodianConfiguration configuration) {
        initialise(configuration, System.getenv());
    }

    static void initialise(CustodianConfiguration configuration, Map<String, String> environment) {
        makeToken(configuration, environment, CustodianVerbs.FIRST_KEYS).close();
    }

    /** As the other, with index keys that come about from their components. */
    static void initialise(
            CustodianConfiguration configuration, Map<String, String> environment, KeyComponents components) {
        Map<String, Token.KeyKind> own = new HashMap<>(CustodianVerbs.FIRST_KEYS);
        own.keySet().removeAll(KeyLabels.INDEX_KEYS);
        try (Token token = makeToken(configuration, environment, own)) {
            KeyLabels.INDEX_KEYS.forEach(label -> token.bring(label, components.indexKey(label)));
        }
    }

    private static Token makeToken(
            CustodianConfiguration configuration, Map<String, String> environment, Map<String, Token.KeyKind> first) {
        char[] password = configuration.tokenPassword(environment);
        return switch (configuration.token()) {
            case CustodianConfiguration.Token.File file -> FileToken.create(file.keyFile(), password, first);
            case CustodianConfiguration.Token.Pkcs11 place -> Pkcs11Token.create(place, password, first);
        };
    }

    static Token openToken(CustodianConfiguration configuration, Map<String, String> environment) {
        return token(configuration.token(), () -> configuration.tokenPassword(environment));
    }

    /** Starts; answers when this returns. */
    public static CustodianServer start(CustodianConfiguration configuration) {
        return start(configuration, InstantSource.system());
    }

    /** As {@link #start(CustodianConfiguration)}, by another clock, which decides what day it is. */
    public static CustodianServer start(CustodianConfiguration configuration, InstantSource clock) {
        return start(configuration, clock, System.getenv());
    }

    static CustodianServer start(
            CustodianConfiguration configuration, InstantSource clock, Map<String, String> environment) {
        SSLContext tls = tlsContext(configuration.tls(), configuration.tlsPassword(environment));
        Token token = openToken(configuration, environment);
        AuditLog audit = null;
        try {
            InetAddress address = address(configuration, token);
            if (!token.labels().containsAll(CustodianVerbs.FIRST_KEYS.keySet())) {
                throw new TokenException(
                        Reason.INCOMPLETE, configuration.token().name() + " lacks a key made at init");
            }
            audit = audit(configuration, clock, token);
            OperatorState state = new OperatorState(configuration.auditDirectory(), new ReceiptSigner(token));
            Approvals approvals = new Approvals(state, audit);
            Destruction destruction = new Destruction(
                    configuration.id(),
                    token,
                    receipts(configuration),
                    new Statements(configuration.id(), configuration.authorities()),
                    approvals,
                    audit);
            CustodianVerbs verbs = new CustodianVerbs(configuration.id(), token, destruction, clock, audit);
            for (String label : destruction.destroyAgain()) {
                LOG.warn("key {} was destroyed before and was there again: destroyed", label);
                audit.writeDurably(configuration.id(), "", "DESTROY", Map.of(label, 1), "AGAIN");
            }
            HttpsServer server = bind(configuration, address);
            server.setHttpsConfigurator(new ClientCertificateRequired(tls));
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(threads);
            CustodianHandler handler =
                    new CustodianHandler(verbs, destruction, approvals, state, configuration, audit, System::nanoTime);
            server.createContext("/", handler);
            server.start();
            if (!token.hardware()) {
                LOG.warn(
                        "keys are kept by {}, NOT in a hardware security module: only for tests and the quickstart",
                        configuration.token().name());
            }
            LOG.info(
                    "custodian {} answers on port {}",
                    configuration.id(),
                    server.getAddress().getPort());
            return new CustodianServer(configuration.host(), server, handler, threads, token, audit);
        } catch (RuntimeException e) {
            closeIfOpen(audit);
            token.close();
            throw e;
        }
    }

    private static Token token(CustodianConfiguration.Token place, Supplier<char[]> password) {
        return switch (place) {
            case CustodianConfiguration.Token.File file -> FileToken.open(file.keyFile(), password.get());
            case CustodianConfiguration.Token.Pkcs11 pkcs11 -> Pkcs11Token.open(pkcs11, password);
        };
    }

    private static InetAddress address(CustodianConfiguration configuration, Token token) {
        String host = configuration.host();
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ConfigurationException("host " + host + " has no address", "change host", e);
        }
        if (!token.hardware() && !address.isLoopbackAddress()) {
            throw new ConfigurationException(
                    "host " + host + " can be reached from elsewhere, and the keys are not in hardware",
                    "set host to 127.0.0.1: keys in software are for one machine only");
        }
        return address;
    }

    private static AuditLog audit(CustodianConfiguration configuration, InstantSource clock, Token token) {
        try {
            return new AuditLog(configuration.auditDirectory(), configuration.id(), clock, new ReceiptSigner(token));
        } catch (IOException e) {
            throw unusable(configuration, e);
        }
    }

    private static ReceiptFiles receipts(CustodianConfiguration configuration) {
        try {
            return new ReceiptFiles(configuration.auditDirectory().resolve("receipts"));
        } catch (IOException e) {
            throw unusable(configuration, e);
        }
    }

    private static ConfigurationException unusable(CustodianConfiguration configuration, IOException cause) {
        return new ConfigurationException(
                "audit directory " + configuration.auditDirectory() + " cannot be used",
                "check auditDirectory and its permissions",
                cause);
    }

    private static HttpsServer bind(CustodianConfiguration configuration, InetAddress address) {
        try {
            return HttpsServer.create(new InetSocketAddress(address, configuration.port()), 128);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "address " + configuration.host() + ":" + configuration.port() + " cannot be used",
                    "another process may listen there: change host or port",
                    e);
        }
    }

    /** Where it answers. */
    public URI uri() {
        return URI.create("https://" + host + ":" + server.getAddress().getPort());
    }

    /** Lets running requests end, then forgets the keys. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        handler.drain(GRACE);
        handler.close();
        server.stop(0);
        threads.shutdown();
        // its last line is signed
        closeIfOpen(audit);
        token.close();
    }

    private static void closeIfOpen(@Nullable AuditLog audit) {
        try {
            if (audit != null) {
                audit.close();
            }
        } catch (IOException e) {
            LOG.error("audit log cannot be closed: {}", e.toString());
        }
    }

    private static final class ClientCertificateRequired extends HttpsConfigurator {
        ClientCertificateRequired(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setProtocols(new String[] {"TLSv1.3"});
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
        }
    }

    static SSLContext tlsContext(CustodianConfiguration.Tls tls, char[] password) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(tls.keyStore(), password), password);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(tls.trustStore(), password));
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(
                    "tls stores " + tls.keyStore() + " and " + tls.trustStore() + " cannot be opened",
                    "check that both exist and that the password is theirs",
                    e);
        }
    }

    private static KeyStore load(Path file, char[] password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
