package eu.diplomatics.query.notice;

import eu.diplomatics.query.disclosure.NoticeGate;
import eu.diplomatics.query.disclosure.Notices;
import eu.diplomatics.query.notice.NoticeSettings.Webhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings notices to agencies that do not want to ask. What a server answers 2xx to is acknowledged; everything else is tried
 * again, later each time. How far an agency is lies with its notices, so a restart loses nothing and goes on at once.
 */
final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int AT_ONCE = 8;
    private static final int IN_A_REQUEST = 100;
    private static final int SUCCESSFUL = 2;

    private final NoticeSettings settings;
    private final NoticeGate gate;
    private final NoticeSigner signer;
    private final JsonMapper json;
    private final InstantSource clock;
    private final boolean anyHost;
    private final HttpClient client;
    private final List<Line> lines;
    private final ScheduledExecutorService ticker;

    /** @param anyHost also hosts that are not public, on a machine for trials */
    Webhooks(
            NoticeSettings settings,
            NoticeGate gate,
            NoticeSigner signer,
            JsonMapper json,
            InstantSource clock,
            boolean anyHost,
            SSLContext trust) {
        this.settings = settings;
        this.gate = gate;
        this.signer = signer;
        this.json = json;
        this.clock = clock;
        this.anyHost = anyHost;
        SSLParameters tls = trust.getDefaultSSLParameters();
        tls.setProtocols(new String[] {"TLSv1.3"});
        this.client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .sslParameters(tls)
                .build();
        this.lines = settings.webhooks().stream().map(Line::new).toList();
        this.ticker = Executors.newScheduledThreadPool(
                Math.min(AT_ONCE, lines.size()),
                Thread.ofPlatform().daemon().name("webhook-", 0).factory());
    }

    void start() {
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            int number = i;
            var unused = ticker.scheduleWithFixedDelay(
                    () -> tick(line, number), 0, settings.every().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** How many agencies did not take what was brought to them last. */
    long failing() {
        return lines.stream().filter(line -> line.failures > 0).count();
    }

    private static final class Line {
        private final Webhook webhook;
        private volatile int failures;
        private Instant notBefore = Instant.MIN;
        private long told;

        Line(Webhook webhook) {
            this.webhook = webhook;
        }
    }

    private void tick(Line line, int number) {
        if (clock.instant().isBefore(line.notBefore)) {
            return;
        }
        try {
            bringAll(line);
            line.failures = 0;
        } catch (IOException | RuntimeException e) {
            line.failures = Math.min(line.failures + 1, Integer.SIZE);
            line.notBefore = clock.instant().plus(pause(line.failures));
            // its message may hold an address or what a server answered
            LOG.warn("webhook {} did not take notices: {}", number, e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration pause(int failures) {
        long doubled = settings.patience().toMillis() << Math.min(failures - 1, Byte.SIZE * 2);
        return Duration.ofMillis(Math.min(doubled, settings.patienceAtMost().toMillis()));
    }

    private void bringAll(Line line) throws IOException, InterruptedException {
        while (true) {
            Notices.Page page = gate.forWebhook(line.webhook.agency(), line.told, IN_A_REQUEST);
            if (page.notices().isEmpty()) {
                return;
            }
            long last = page.notices().getLast().number();
            line.told = Math.max(line.told, last);
            bring(line.webhook, json.writeValueAsBytes(page));
            gate.taken(line.webhook.agency(), last);
        }
    }

    private void bring(Webhook webhook, byte[] body) throws IOException, InterruptedException {
        URI url = webhook.url();
        if (!anyHost && !PublicHosts.isPublic(url.getHost())) {
            throw new IOException("not a public host");
        }
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("Notice-Signature", signer.sign(body, webhook.agency(), clock.instant()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 != SUCCESSFUL) {
            throw new IOException("answered " + status);
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        client.shutdownNow();
    }
}
