package eu.diplomatics.backup;

import eu.diplomatics.accesslog.AccessSeal;
import eu.diplomatics.backup.BackupConfiguration.CustodianAccess;
import eu.diplomatics.backup.BackupConfiguration.Login;
import eu.diplomatics.backup.export.Export;
import eu.diplomatics.backup.export.ExportSource;
import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.portable.ExportOrder;
import eu.diplomatics.backup.portable.PortableException;
import eu.diplomatics.backup.portable.PortableException.Code;
import eu.diplomatics.keyring.CustodianRefusalException;
import eu.diplomatics.keyring.HttpsCustodian;
import eu.diplomatics.keyring.KekLease;
import eu.diplomatics.keyring.Keyring;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What an export runs with: another identity than that of the daily backups, so another file, which those who run them cannot
 * read.
 *
 * @param databases logins by the name of the database: eventstore, keyring, accesslog
 * @param signingKey PEM file with the private key that signs exports
 * @param signingPublicKey its public half, X.509 encoding, base64
 * @param receiptKeys address or file of the public keys of receipts
 * @param logKeys address or file of the public keys of checkpoints
 * @param approve what to tell whoever has to have an order approved
 * @param place the second provider, where exports lie; absent where they are only made
 */
record ExporterConfiguration(
        Map<String, Login> databases,
        CustodianAccess custodian,
        Path signingKey,
        String signingPublicKey,
        String receiptKeys,
        String logKeys,
        @Nullable String approve,
        @Nullable PlaceConfiguration place) {
    private static final Duration LEASE = Duration.ofMinutes(15);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** @throws ConfigurationException when it is none */
    static ExporterConfiguration read(Path file) {
        try {
            ExporterConfiguration read =
                    BackupConfiguration.STRICT.readValue(Files.readAllBytes(file), ExporterConfiguration.class);
            if (read.databases == null
                    || !read.databases.keySet().containsAll(List.of("eventstore", "keyring", "accesslog"))
                    || read.custodian == null
                    || read.signingKey == null
                    || read.signingPublicKey == null
                    || read.receiptKeys == null
                    || read.logKeys == null) {
                throw new ConfigurationException("the exporter's configuration lacks a member", "backup export --help");
            }
            return read;
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the exporter's configuration " + file + " cannot be read", "give it with --exporter FILE");
        } catch (JacksonException e) {
            throw new ConfigurationException(
                    "the exporter's configuration " + file + " is not of the form it has to be",
                    "backup export --help tells its members");
        }
    }

    private DataSource source(String database) throws IOException {
        Login login = databases.get(database);
        if (login == null) {
            throw new ConfigurationException("databases has no " + database, "backup export --help");
        }
        return login.source("exporter");
    }

    /** Zone A, as the exporter. */
    DataSource store() throws IOException {
        return source("eventstore");
    }

    byte[] publicKey() {
        return Base64.getDecoder().decode(signingPublicKey);
    }

    Place openPlace() throws IOException {
        if (place == null) {
            throw new ConfigurationException(
                    "the exporter's configuration has no place",
                    "it is where the second provider is: backup exports --help");
        }
        return place.open();
    }

    Export export(HttpsCustodian custodian, long range, int threads, InstantSource clock, Export.Steps steps)
            throws IOException, InterruptedException {
        DataSource store = store();
        DataSource keyring = source("keyring");
        Export.Opening opening = () -> {
            KekLease lease = KekLease.start(keyring, custodian, LEASE);
            Keyring keys = new Keyring(keyring, lease);
            return new Export.Session(new ExportSource(store, keyring, keys), new AccessSeal(keys), lease);
        };
        Export.Access access = new Export.Access(new Approved(custodian), opening, store, source("accesslog"));
        Export.Settings settings =
                new Export.Settings(range, threads, signingKey, publicKey(), fetch(receiptKeys), fetch(logKeys));
        return new Export(access, settings, clock, steps);
    }

    private static byte[] fetch(String from) throws IOException, InterruptedException {
        if (!from.startsWith("http:") && !from.startsWith("https:")) {
            return Files.readAllBytes(Path.of(from));
        }
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<byte[]> answer = client.send(
                    HttpRequest.newBuilder(URI.create(from)).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException("public keys: the registry answers " + answer.statusCode());
            }
            return answer.body();
        }
    }

    /** The custodian knows what two operators approved. */
    private record Approved(HttpsCustodian custodian) implements Export.Lease {
        @Override
        public void begin(ExportOrder order, UUID run) throws PortableException {
            try {
                custodian.beginLease(order.text(), run);
            } catch (CustodianRefusalException e) {
                switch (e.code()) {
                    case "LEASE_NEEDED" ->
                        throw new PortableException(
                                Code.NOT_APPROVED, "two operators have not approved this order: " + order.hash(), e);
                    case "LEASE_USED" ->
                        throw new PortableException(Code.APPROVAL_USED, "the approval of this order was used", e);
                    default -> throw e;
                }
            }
        }

        @Override
        public void end(ExportOrder order, UUID run) {
            custodian.endLease(order.text(), run);
        }
    }

    @Override
    public String toString() {
        return "ExporterConfiguration[" + databases.keySet() + "]";
    }
}
