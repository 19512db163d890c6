package eu.diplomatics.transparency;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** RFC 6962, section 2.1, word for word and over all leaves: MTH, PATH and PROOF. Shares no code with what it judges. */
final class NaiveTree {
    private final List<byte[]> leaves;
    private final Map<Long, byte[]> known = new HashMap<>();

    NaiveTree(List<byte[]> leaves) {
        this.leaves = leaves;
    }

    /** Leaves that nobody chose. */
    static NaiveTree random(long seed, int size) {
        Random random = new Random(seed);
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            byte[] leaf = new byte[32];
            random.nextBytes(leaf);
            leaves.add(leaf);
        }
        return new NaiveTree(leaves);
    }

    List<TreeHash> leaves(int from, int to) {
        return leaves.subList(from, to).stream().map(TreeHash::of).toList();
    }

    TreeHash leaf(int index) {
        return TreeHash.of(leaves.get(index));
    }

    TreeHead head(int size) {
        return new TreeHead(size, TreeHash.of(mth(0, size)));
    }

    List<TreeHash> path(int index, int size) {
        List<byte[]> path = new ArrayList<>();
        path(index, 0, size, path);
        return path.stream().map(TreeHash::of).toList();
    }

    List<TreeHash> proof(int earlier, int size) {
        List<byte[]> proof = new ArrayList<>();
        subproof(earlier, 0, size, true, proof);
        return proof.stream().map(TreeHash::of).toList();
    }

    private byte[] mth(int from, int to) {
        if (from == to) {
            return sha256();
        }
        if (to - from == 1) {
            return leaves.get(from);
        }
        byte[] hash = known.get((long) from << 32 | to);
        if (hash == null) {
            int k = from + largestPowerOfTwoBelow(to - from);
            hash = sha256(new byte[] {1}, mth(from, k), mth(k, to));
            known.put((long) from << 32 | to, hash);
        }
        return hash;
    }

    /** {@code m} counts from {@code from}, as the RFC does. */
    private void path(int m, int from, int to, List<byte[]> path) {
        if (to - from > 1) {
            int k = largestPowerOfTwoBelow(to - from);
            if (m < k) {
                path(m, from, from + k, path);
                path.add(mth(from + k, to));
            } else {
                path(m - k, from + k, to, path);
                path.add(mth(from, from + k));
            }
        }
    }

    private void subproof(int m, int from, int to, boolean b, List<byte[]> proof) {
        if (m == to - from) {
            if (!b) {
                proof.add(mth(from, to));
            }
            return;
        }
        int k = largestPowerOfTwoBelow(to - from);
        if (m <= k) {
            subproof(m, from, from + k, b, proof);
            proof.add(mth(from + k, to));
        } else {
            subproof(m - k, from + k, to, false, proof);
            proof.add(mth(from, from + k));
        }
    }

    private static int largestPowerOfTwoBelow(int n) {
        int k = 1;
        while (2 * k < n) {
            k *= 2;
        }
        return k;
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hash of a leaf's content, for published trees. */
    static byte[] leafHash(String hexContent) {
        return sha256(new byte[] {0}, HexFormat.of().parseHex(hexContent));
    }
}
