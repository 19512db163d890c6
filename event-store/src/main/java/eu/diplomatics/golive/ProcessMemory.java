package eu.diplomatics.golive;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ways by which the memory of this process, and the plaintext in it, could come onto a disk (R18).
 *
 * @param coreLimit the soft limit as Linux prints it: {@code 0}, bytes, or {@code unlimited}
 * @param corePiped the kernel hands cores to a program, whatever the limit
 * @param coreFilter which mappings a core holds, as in {@code /proc/self/coredump_filter}
 */
public record ProcessMemory(
        boolean heapDumpOnOutOfMemory,
        boolean coreOnCrash,
        boolean attachable,
        String coreLimit,
        boolean corePiped,
        int coreFilter) {
    private static final Path PROC = Path.of("/proc/self");
    private static final Pattern CORE_LIMIT = Pattern.compile("^Max core file size +(\\S+)", Pattern.MULTILINE);
    /** Anonymous memory, private and shared: the heap is in there. */
    private static final int ANONYMOUS = 0b11;

    /** @throws IllegalStateException where the machine does not tell, as outside Linux */
    public static ProcessMemory ofThisProcess() {
        try {
            Matcher limit = CORE_LIMIT.matcher(Files.readString(PROC.resolve("limits")));
            if (!limit.find()) {
                throw new IllegalStateException("the limit of core files is not known");
            }
            return new ProcessMemory(
                    flag("HeapDumpOnOutOfMemoryError"),
                    flag("CreateCoredumpOnCrash"),
                    !flag("DisableAttachMechanism"),
                    limit.group(1),
                    Files.readString(Path.of("/proc/sys/kernel/core_pattern")).startsWith("|"),
                    Integer.parseInt(
                            Files.readString(PROC.resolve("coredump_filter")).strip(), 16));
        } catch (IOException e) {
            throw new IllegalStateException("how this process could be dumped is not known", e);
        }
    }

    private static boolean flag(String name) {
        return Boolean.parseBoolean(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption(name)
                .getValue());
    }

    /** What would copy memory to a disk, each with what closes it; empty when nothing does. */
    public List<String> leaks() {
        List<String> leaks = new ArrayList<>();
        if (heapDumpOnOutOfMemory) {
            leaks.add("heap dumps are on (start with -XX:-HeapDumpOnOutOfMemoryError)");
        }
        if (coreOnCrash) {
            leaks.add("the JVM makes cores when it crashes (start with -XX:-CreateCoredumpOnCrash)");
        }
        if (attachable) {
            leaks.add("tools can attach and dump (start with -XX:+DisableAttachMechanism)");
        }
        if (!coreLimit.equals("0")) {
            leaks.add("the limit of core files is " + coreLimit + " (start under ulimit -c 0)");
        }
        if (corePiped && (coreFilter & ANONYMOUS) != 0) {
            leaks.add("the kernel pipes cores to a program, which no limit stops"
                    + " (echo 0 > /proc/self/coredump_filter in the shell that starts the service)");
        }
        return List.copyOf(leaks);
    }

    /** @throws IllegalStateException naming the leaks: what would hold real data does not start with them */
    public void requireNoLeak() {
        List<String> leaks = leaks();
        if (!leaks.isEmpty()) {
            throw new IllegalStateException("start refused: " + String.join("; ", leaks));
        }
    }
}
