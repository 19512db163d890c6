package eu.diplomatics.backup;

import eu.diplomatics.backup.generation.DrillReport.Tool;
import eu.diplomatics.backup.generation.OtherPrograms;
import eu.diplomatics.backup.generation.OtherPrograms.Said;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Programs that know nothing of ours read an export as its readme says; where they are installed. */
final class OtherReaders {
    private static final String SIGNATURE = "openssl pkeyutl -verify -pubin -inkey signer.pem -rawin"
            + " -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig";
    private static final String HASHES = "sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt";
    /** Types and how many of each; the identity is the script's first argument. */
    private static final String TYPES =
            "set -o pipefail; for f in data/events/*.age; do age -d -i \"$1\" \"$f\" | zstd -dq"
                    + " || exit 1; done | jq -cn 'reduce inputs as $e ({}; .[$e.type] += 1)'";

    private static final String MANIFEST = "age -d -i \"$1\" data/plaintext-manifest.age | jq -c .types";

    private final Path bag;
    private final Path identity;
    private final List<Tool> tools = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    OtherReaders(Path bag, Path identity) {
        this.bag = bag;
        this.identity = identity.toAbsolutePath();
    }

    List<Tool> tools() {
        return tools;
    }

    /** Those that are not installed. */
    List<String> missing() {
        return missing;
    }

    void look() throws IOException {
        if (has("sha256sum")) {
            add(
                    "sha256sum",
                    "--version",
                    "every file of the export",
                    script(HASHES).status() == 0);
        }
        if (has("openssl")) {
            add(
                    "openssl",
                    "version",
                    "signature of the export (Ed25519)",
                    script(SIGNATURE).status() == 0);
        }
        if (has("bash") & has("age") & has("zstd") & has("jq")) {
            Said counted = script(TYPES);
            boolean same = counted.status() == 0
                    && !types(counted).isEmpty()
                    && types(counted).equals(types(script(MANIFEST)));
            add("age", "--version", "every event of the export opened, with zstd and jq: counts by type", same);
            add("zstd", "--version", "the same", same);
            add("jq", "--version", "the same", same);
        }
    }

    private static Map<String, Long> types(Said said) {
        try {
            Map<String, Long> types = new TreeMap<>();
            JsonMapper.shared()
                    .readTree(said.said())
                    .propertyStream()
                    .forEach(each -> types.put(each.getKey(), each.getValue().asLong()));
            return types;
        } catch (JacksonException e) {
            return Map.of();
        }
    }

    private boolean has(String program) {
        boolean installed = OtherPrograms.isInstalled(program);
        if (!installed) {
            missing.add(program);
        }
        return installed;
    }

    private Said script(String script) throws IOException {
        return OtherPrograms.run(bag, null, "bash", "-c", script, "bash", identity.toString());
    }

    private void add(String program, String option, String looked, boolean passed) throws IOException {
        tools.add(new Tool(program, OtherPrograms.version(program, option), looked, passed));
    }
}
