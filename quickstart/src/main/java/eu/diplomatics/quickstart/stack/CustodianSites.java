package eu.diplomatics.quickstart.stack;

import eu.diplomatics.local.LocalAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * All sites of the custodian. At the first start their keys are made as in a ceremony: two people's components give both
 * the same index keys, and are gone before anybody uses them.
 */
final class CustodianSites {
    private final Layout layout;
    private final List<CustodianSetup> sites;
    private final boolean needKeys;

    /** @throws StartFailedException when keys are gone that may have been used */
    CustodianSites(Layout layout, Addresses addresses, LocalAuthority authority, Credentials credentials)
            throws IOException {
        this.layout = layout;
        // of a ceremony that was cut short: whatever keys there are were never used
        boolean begun = Files.exists(layout.custodianCeremony());
        this.sites = (begun ? List.of(CustodianSite.values()) : CustodianSite.of(layout))
                .stream()
                        .map(site -> new CustodianSetup(site, layout, addresses, authority, credentials))
                        .toList();
        this.needKeys =
                begun || sites.stream().filter(CustodianSetup::needsKeys).count() > 0;
        if (!needKeys) {
            rememberKeys();
        }
    }

    /** Whether they have no keys yet. */
    boolean needKeys() {
        return needKeys;
    }

    /** Makes the keys of all sites anew. */
    void makeKeys() throws IOException, InterruptedException {
        List<Path> components = beginCeremony();
        SideBySide.run(components.stream()
                .map(component -> (SideBySide.Step) () -> Child.run(
                        layout,
                        CustodianSetup.component(layout, "custodian-component-" + component.getFileName(), component)))
                .toList());
        SideBySide.run(sites.stream()
                .map(site -> (SideBySide.Step) () -> {
                    for (Child.Spec step : site.init(components)) {
                        Child.run(layout, step);
                    }
                })
                .toList());
        endCeremony();
    }

    /** Where the components are to be. */
    List<Path> beginCeremony() throws IOException {
        Directories.delete(layout.custodianCeremony());
        Files.createDirectories(layout.custodianCeremony());
        return Stream.of("one", "other")
                .map(layout.custodianCeremony()::resolve)
                .toList();
    }

    void endCeremony() throws IOException {
        Directories.delete(layout.custodianCeremony());
        rememberKeys();
    }

    List<CustodianSetup> all() {
        return sites;
    }

    /** Before the custodian answers for the first time, so that no key is wrapped without this mark. */
    private void rememberKeys() throws IOException {
        if (!Files.exists(layout.custodianKeysMade())) {
            // whole or not at all: an empty one says that there is one site
            Path aside = layout.data().resolve("custodian-keys-made.new");
            Files.writeString(aside, sites.size() == 1 ? "" : Integer.toString(sites.size()));
            Files.move(aside, layout.custodianKeysMade(), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
