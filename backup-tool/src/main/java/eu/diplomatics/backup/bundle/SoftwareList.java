package eu.diplomatics.backup.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What software there is, read from the archives themselves, as CycloneDX 1.6. */
final class SoftwareList {
    private static final Pattern FILE = Pattern.compile("(.+?)-([0-9][A-Za-z0-9._+-]*)\\.jar");

    private SoftwareList() {}

    /** @param archives each once or several times: what is the same is listed once */
    static byte[] of(List<Path> archives) throws IOException {
        Map<String, ObjectNode> components = new TreeMap<>();
        for (Path archive : archives) {
            ObjectNode component = component(archive);
            components.put(component.path("bom-ref").asString(), component);
        }
        ObjectNode list = JsonMapper.shared().createObjectNode();
        list.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
        ArrayNode all = list.putArray("components");
        components.values().forEach(all::add);
        return list.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode component(Path archive) throws IOException {
        String file = String.valueOf(archive.getFileName());
        Matcher parts = FILE.matcher(file);
        String name = parts.matches() ? parts.group(1) : file;
        String version = parts.matches() ? parts.group(2) : "";
        String group = "";
        Properties maven = maven(archive);
        if (name.equals(maven.getProperty("artifactId"))) {
            group = maven.getProperty("groupId", "");
            version = maven.getProperty("version", version);
        }
        String hash = sha256(archive);
        ObjectNode component = JsonMapper.shared().createObjectNode();
        component.put("type", "library").put("bom-ref", name + "@" + version + "#" + hash);
        if (!group.isEmpty()) {
            component.put("group", group).put("purl", "pkg:maven/" + group + "/" + name + "@" + version);
        }
        component.put("name", name).put("version", version);
        component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", hash);
        return component;
    }

    /** What Maven wrote into it; an archive that holds others has several, and says nothing of itself. */
    private static Properties maven(Path archive) throws IOException {
        Properties properties = new Properties();
        try (JarFile jar = new JarFile(archive.toFile())) {
            List<? extends ZipEntry> found = jar.stream()
                    .filter(entry -> entry.getName().matches("META-INF/maven/[^/]+/[^/]+/pom\\.properties"))
                    .toList();
            if (found.size() == 1) {
                try (InputStream in = jar.getInputStream(found.getFirst())) {
                    properties.load(in);
                }
            }
        }
        return properties;
    }

    private static String sha256(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
