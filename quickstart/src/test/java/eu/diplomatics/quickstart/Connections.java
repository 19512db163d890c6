package eu.diplomatics.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which sockets of some processes lead off this machine, by Linux's own account. */
final class Connections {
    private static final int REMOTE = 2;
    private static final int INODE = 9;
    private static final String ANY_4 = "00000000";
    private static final String ANY_6 = "00000000000000000000000000000000";
    private static final String LOOPBACK_6 = "00000000000000000000000001000000";
    private static final String LOOPBACK_4_IN_6 = "0000000000000000FFFF00000100007F";

    private Connections() {}

    /** Remote addresses, in the kernel's hexadecimal, that are neither loopback nor unset. */
    static Set<String> leavingTheMachine(List<ProcessHandle> processes) throws IOException {
        Set<String> inodes = new HashSet<>();
        for (ProcessHandle process : processes) {
            inodes.addAll(socketInodes(process.pid()));
        }
        Set<String> remotes = new TreeSet<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            Path file = Path.of("/proc/net", table);
            if (!Files.exists(file)) {
                continue;
            }
            for (String line : Files.readAllLines(file)) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length > INODE && inodes.contains(fields[INODE])) {
                    String address = fields[REMOTE].substring(0, fields[REMOTE].indexOf(':'));
                    if (!staysHere(address)) {
                        remotes.add(table + " " + fields[REMOTE]);
                    }
                }
            }
        }
        return remotes;
    }

    static boolean staysHere(String address) {
        return address.equals(ANY_4)
                || address.equals(ANY_6)
                || address.equals(LOOPBACK_6)
                || address.equals(LOOPBACK_4_IN_6)
                // 127.0.0.0/8, least significant byte first
                || (address.length() == ANY_4.length() && address.endsWith("7F"));
    }

    private static Set<String> socketInodes(long pid) throws IOException {
        Set<String> inodes = new HashSet<>();
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        if (!Files.isReadable(descriptors)) {
            return inodes;
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.toList()) {
                String target = target(descriptor);
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }
}
