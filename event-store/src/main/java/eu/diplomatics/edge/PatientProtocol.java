package eu.diplomatics.edge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.ErrorState;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 of Tomcat with bounds to all of a head and all of a body. Tomcat's own time-outs are for each read: who sends a
 * byte now and then holds a connection for ever. Over TLS by the rules of {@link EdgeTls}, also after the certificates
 * were renewed.
 */
public final class PatientProtocol extends Http11NioProtocol {
    /** Bytes a second that a body has to come at, once its patience is used up. */
    static final long MIN_RATE = 1024;

    private volatile Duration headPatience = Duration.ofSeconds(20);
    private volatile Duration bodyPatience = Duration.ofSeconds(30);
    private volatile EdgeTls tls = EdgeTls.strict();
    private @Nullable RevocationWatch watch;
    private @Nullable Future<?> watching;

    /**
     * @param head how long after its first bytes the head of a request may take
     * @param body how long bytes of a body may be waited for, in all, before its average rate must be a kibibyte a second.
     *     Time in which nobody waits, because what came is at work, does not count
     */
    public void setPatience(Duration head, Duration body) {
        headPatience = head;
        bodyPatience = body;
    }

    /** The rules of TLS; before anything else about it is said. */
    public void setTls(EdgeTls rules) {
        tls = rules;
    }

    /** @throws IllegalStateException without TLS at an address that others than this machine can reach */
    public void requireTlsBeyondLoopback() {
        InetAddress address = getAddress();
        if (!isSSLEnabled() && (address == null || !address.isLoopbackAddress())) {
            throw new IllegalStateException("server.address lets others than this machine in, and there is no TLS:"
                    + " name a bundle in server.ssl.bundle (docs/tls.md)");
        }
    }

    @Override
    public void addSslHostConfig(SSLHostConfig config) {
        addSslHostConfig(config, false);
    }

    /** Also when a bundle changed, with what is new in it. */
    @Override
    public void addSslHostConfig(SSLHostConfig config, boolean replace) {
        tls.applyTo(config);
        super.addSslHostConfig(config, replace);
    }

    @Override
    public void init() throws Exception {
        Path revoked = tls.revoked();
        if (isSSLEnabled() && revoked != null) {
            // what it compares with is read before the lists are put in force
            watch = new RevocationWatch(revoked, this::reloadSslHostConfigs);
        }
        super.init();
    }

    @Override
    public void start() throws Exception {
        super.start();
        if (watch != null) {
            long millis = Objects.requireNonNull(tls.reread()).toMillis();
            watching = getUtilityExecutor().scheduleWithFixedDelay(watch, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() throws Exception {
        if (watching != null) {
            watching.cancel(false);
        }
        super.stop();
    }

    @Override
    protected Processor createProcessor() {
        return new PatientProcessor();
    }

    private final class PatientProcessor extends Http11Processor {
        private long incompleteSince;
        private boolean incomplete;

        PatientProcessor() {
            super(PatientProtocol.this, PatientProtocol.this.getAdapter());
            request.setInputBuffer(new Body(request.getInputBuffer()));
        }

        /** Called each time bytes came; what is not a whole head yet comes back as LONG. */
        @Override
        public SocketState service(SocketWrapperBase<?> socket) throws IOException {
            SocketState state = super.service(socket);
            if (state != SocketState.LONG || isAsync()) {
                incomplete = false;
            } else if (!incomplete) {
                incomplete = true;
                incompleteSince = System.nanoTime();
            } else if (System.nanoTime() - incompleteSince > headPatience.toNanos()) {
                incomplete = false;
                return SocketState.CLOSED;
            }
            return state;
        }

        /** What is left of the body is not read: the connection ends with the answer. */
        private void giveUp() {
            setErrorState(ErrorState.CLOSE_CLEAN, null);
        }

        private final class Body implements InputBuffer {
            private final InputBuffer from;
            private long ofRequest;
            private long waited;
            private long received;

            Body(InputBuffer from) {
                this.from = from;
            }

            @Override
            public int doRead(ApplicationBufferHandler handler) throws IOException {
                if (ofRequest != request.getStartTimeNanos()) {
                    ofRequest = request.getStartTimeNanos();
                    waited = 0;
                    received = 0;
                }
                long begun = System.nanoTime();
                int read = from.doRead(handler);
                waited += System.nanoTime() - begun;
                received += Math.max(0, read);
                if (read > 0 && waited > bodyPatience.toNanos() && tooSlow()) {
                    giveUp();
                    throw new SocketTimeoutException("the body comes too slowly");
                }
                return read;
            }

            private boolean tooSlow() {
                return received < MIN_RATE * (waited / Duration.ofSeconds(1).toNanos());
            }

            @Override
            public int available() {
                return from.available();
            }
        }
    }
}
