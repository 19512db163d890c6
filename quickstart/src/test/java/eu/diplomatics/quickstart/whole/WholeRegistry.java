package eu.diplomatics.quickstart.whole;

import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.local.LocalAuthority;
import eu.diplomatics.quickstart.caller.Callers;
import eu.diplomatics.quickstart.stack.Addresses;
import eu.diplomatics.quickstart.stack.Credentials;
import eu.diplomatics.quickstart.stack.CustodianSite;
import eu.diplomatics.quickstart.stack.Layout;
import eu.diplomatics.quickstart.stack.ProcessTable;
import eu.diplomatics.quickstart.stack.Progress;
import eu.diplomatics.quickstart.stack.Stack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every process of the registry, as {@code ./dev up} starts them, in a folder of its own and on free ports. */
final class WholeRegistry implements AutoCloseable {
    private static final List<String> APPLICATIONS =
            List.of("registry-service", "query-service", "key-custodian", "portal", "quickstart");
    private static final int PORTS = 11;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Layout layout;
    private final Addresses addresses;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Map<String, String> more;
    private Stack stack;
    private Callers callers;

    /** An answer: its status and its JSON. */
    record Answer(int status, String text) {
        JsonNode json() {
            return JSON.readTree(text);
        }
    }

    WholeRegistry(Path home) throws IOException {
        this(home, Map.of());
    }

    /** @param more settings of both services */
    WholeRegistry(Path home, Map<String, String> more) throws IOException {
        this.more = more;
        this.layout = new Layout(home);
        this.addresses = new Addresses(freePorts()).withTokens(true);
        this.callers = Stack.callers(layout, addresses);
        this.stack = newStack();
        for (String application : APPLICATIONS) {
            Path dist = Path.of("..", application, "target", "dist");
            Path target = Files.createDirectories(layout.home().resolve("app").resolve(application));
            try (Stream<Path> jars = Files.list(dist)) {
                for (Path jar : jars.toList()) {
                    Files.createLink(target.resolve(jar.getFileName().toString()), jar);
                }
            }
        }
    }

    Layout layout() {
        return layout;
    }

    WholeRegistry start() throws IOException, InterruptedException {
        new ProcessTable(layout).reap();
        stack = newStack();
        // the provider signs by another key with each start
        callers = Stack.callers(layout, addresses);
        stack.start();
        return this;
    }

    /** Ends every process at once, the databases and their backends included, with no chance to tidy up. */
    void crash() throws IOException {
        List<ProcessHandle> doomed = new ArrayList<>();
        for (String line : Files.readAllLines(layout.run().resolve("processes"))) {
            ProcessHandle.of(Long.parseLong(line.split(" ", -1)[1])).ifPresent(doomed::add);
        }
        doomed.addAll(doomed.stream().flatMap(ProcessHandle::descendants).toList());
        doomed.forEach(ProcessHandle::destroyForcibly);
        doomed.forEach(process -> process.onExit().join());
    }

    /** Ends the process of this name at once. */
    void kill(String name) throws IOException {
        for (String line : Files.readAllLines(layout.run().resolve("processes"))) {
            if (line.startsWith(name + " ")) {
                ProcessHandle process =
                        ProcessHandle.of(Long.parseLong(line.split(" ", -1)[1])).orElseThrow();
                process.destroyForcibly();
                process.onExit().join();
            }
        }
    }

    /** Starts a site of the custodian that was ended, as {@code ./dev custodian serve} does. */
    void serveAgain(CustodianSite site) throws IOException {
        onToken(site, "serve")
                .redirectErrorStream(true)
                .redirectOutput(
                        layout.logs().resolve(site.process() + "-again.log").toFile())
                .start();
    }

    /** A command of the custodian on the token of a site. */
    ProcessBuilder onToken(CustodianSite site, String command, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of(command, "--config", site.configuration(layout).toString()));
        all.addAll(List.of(arguments));
        ProcessBuilder builder = custodianCommand(all.toArray(String[]::new));
        Path tokens = site.directory(layout).resolve("softhsm/softhsm2.conf");
        if (Files.exists(tokens)) {
            builder.environment().put("SOFTHSM2_CONF", tokens.toString());
        }
        return builder;
    }

    /** A command of the custodian; what serves is ended with everything else. */
    ProcessBuilder custodianCommand(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                layout.marker(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                layout.application("key-custodian"),
                "eu.diplomatics.custodian.CustodianApplication"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    Answer register(String supplier, String json) throws IOException, InterruptedException {
        return send(registry("/v1/qualifications", supplier)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    Answer batch(String path, String supplier, String key, String mediaType, String body)
            throws IOException, InterruptedException {
        return send(registry(path, supplier)
                .header("Content-Type", mediaType)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body)));
    }

    Answer registryGet(String path, String supplier) throws IOException, InterruptedException {
        return send(registry(path, supplier).GET());
    }

    Answer registryPost(String path, String supplier, String json) throws IOException, InterruptedException {
        return send(registry(path, supplier)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    /** By whom it is about. */
    Answer dispute(String reference, String insz, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(
                        URI.create(addresses.registryUrl() + "/v1/qualifications/" + reference + "/dispute"))
                .timeout(Duration.ofSeconds(60))
                .header("X-Caller", "citizen:" + insz)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    /** As the controller, who shreds. */
    Answer shred(String key, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(addresses.registryUrl() + "/v1/shreddings"))
                .timeout(Duration.ofSeconds(60))
                .header("X-Caller", "controller:ahovoks")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(json)));
    }

    /** As the controller, at the registry. */
    Answer asController(String method, String path, String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(addresses.registryUrl() + path))
                .timeout(Duration.ofSeconds(60))
                .header("X-Caller", "controller:ahovoks")
                .header("Content-Type", "application/json")
                .method(method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json)));
    }

    Answer shred(String json) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(addresses.registryUrl() + "/v1/shreddings"))
                .timeout(Duration.ofSeconds(60))
                .header("X-Caller", "controller:ahovoks")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "shred")
                .POST(BodyPublishers.ofString(json)));
    }

    /** Says who calls, by tokens of the installation's own provider. */
    Callers callers() {
        return callers;
    }

    Addresses addresses() {
        return addresses;
    }

    String registryUrl() {
        return addresses.registryUrl();
    }

    /** What the host of zone A can do, in one of its databases. */
    Connection superuserAtA(String database) throws SQLException {
        return asSuperuserAtA(database).getConnection();
    }

    DataSource asSuperuserAtA(String database) {
        return superuser(addresses.postgresA(), "postgres-a.superuser", database);
    }

    /** What the host of zone B can do, in one of its databases. */
    DataSource asSuperuserAtB(String database) {
        return superuser(addresses.postgresB(), "postgres-b.superuser", database);
    }

    private DataSource superuser(int port, String credential, String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/" + database);
        source.setUser("postgres");
        source.setPassword(new Credentials(layout.credentialsFile()).get(credential));
        return source;
    }

    List<URI> custodianUrls() {
        return CustodianSite.of(layout).stream()
                .map(site -> URI.create(site.url(addresses)))
                .toList();
    }

    /** The custodian as a service sees it, with its certificate; what zone C can do. */
    HttpsCustodian custodian(String service) {
        LocalAuthority authority = LocalAuthority.at(layout.certificates());
        return new HttpsCustodian(
                custodianUrls(), authority.keyStore(service), authority.trustStore(), authority.password());
    }

    Answer consult(String insz, long minPosition) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(addresses.queryUrl() + "/v1/consultations"))
                .timeout(Duration.ofSeconds(30))
                .header("X-Caller", "agency:vdab")
                .header("X-Purpose", "job-matching")
                .header("X-Case", "2026-0001")
                .header("X-End-User", "u-17")
                .header("X-Min-Position", Long.toString(minPosition))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"insz\":\"" + insz + "\"}")));
    }

    /**
     * Everything that the services show a host: what they list under {@code /actuator}, and where metrics are among it
     * (the query side; the registry shows none) each one with its tags.
     */
    List<String> actuators() throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        for (String url : List.of(addresses.registryUrl(), addresses.queryUrl())) {
            JsonNode links = JSON.readTree(get(url + "/actuator")).path("_links");
            for (JsonNode link : links) {
                if (!link.path("templated").asBoolean()) {
                    texts.add(get(link.path("href").asString()));
                }
            }
            if (links.has("metrics")) {
                String metrics = links.path("metrics").path("href").asString();
                for (JsonNode name : JSON.readTree(get(metrics)).path("names")) {
                    texts.add(get(metrics + "/" + name.asString()));
                }
            }
        }
        return texts;
    }

    private String get(String url) throws IOException, InterruptedException {
        Answer answer = send(HttpRequest.newBuilder(URI.create(url)).GET());
        if (answer.status() != 200) {
            throw new IOException(url + " answered " + answer.status());
        }
        return answer.text();
    }

    @Override
    public void close() throws IOException {
        stack.close();
        new ProcessTable(layout).reap();
    }

    private HttpRequest.Builder registry(String path, String supplier) {
        return HttpRequest.newBuilder(URI.create(addresses.registryUrl() + path))
                .timeout(Duration.ofSeconds(60))
                .header("X-Caller", "supplier:" + supplier);
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(callers.prove(request.build()), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    private Stack newStack() {
        return new Stack(layout, addresses, new Progress(System.out), more);
    }

    private static int freePorts() {
        while (true) {
            int base = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            if (java.util.stream.IntStream.range(base, base + PORTS).allMatch(WholeRegistry::isFree)) {
                return base;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
