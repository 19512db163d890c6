package eu.diplomatics.quickstart.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The custodian's places. Each has a token of its own, the same index keys as the other, and epoch keys that the other
 * does not have. Here they are two processes; elsewhere they are two buildings.
 */
public enum CustodianSite {
    FIRST("custodian", "local"),
    SECOND("custodian2", "local-2");

    private final String process;
    private final String id;

    CustodianSite(String process, String id) {
        this.process = process;
        this.id = id;
    }

    /** Those of an installation: one where its keys were made before there were two. */
    public static List<CustodianSite> of(Layout layout) {
        try {
            boolean maybeOne = Files.exists(layout.custodianKeysMade())
                    ? Files.readString(layout.custodianKeysMade()).isBlank()
                    : FIRST.exists(layout);
            // an empty mark may also be one that was being written
            return maybeOne && !SECOND.exists(layout) ? List.of(FIRST) : List.of(values());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What process, log, certificate, configuration file and line in the status are named. */
    public String process() {
        return process;
    }

    /** What the custodian calls itself, in wrapped keys and in receipts. */
    public String id() {
        return id;
    }

    public int port(Addresses addresses) {
        return switch (this) {
            case FIRST -> addresses.custodian();
            case SECOND -> addresses.custodian2();
        };
    }

    public String url(Addresses addresses) {
        return "https://127.0.0.1:" + port(addresses);
    }

    /** Where it keeps token, audit log and secrets. */
    public Path directory(Layout layout) {
        return layout.data().resolve(process);
    }

    /** With which it starts, and with which commands work on its token. */
    public Path configuration(Layout layout) {
        return layout.run().resolve(process + ".json");
    }

    /** With which this person asks it on its command line. */
    public Path person(Layout layout, String name) {
        return switch (this) {
            case FIRST -> layout.run().resolve(name + ".json");
            case SECOND -> layout.run().resolve("site2").resolve(name + ".json");
        };
    }

    Path keyFile(Layout layout) {
        return directory(layout).resolve("keys.p12");
    }

    Path softHsm(Layout layout) {
        return directory(layout).resolve("softhsm");
    }

    /** Whether anybody made a token here, with keys or without. */
    boolean hasSoftHsm(Layout layout) {
        Path tokens = softHsm(layout).resolve("tokens");
        if (!Files.isDirectory(tokens)) {
            return false;
        }
        try (Stream<Path> all = Files.list(tokens)) {
            return all.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean exists(Layout layout) {
        return Files.exists(keyFile(layout)) || hasSoftHsm(layout);
    }
}
