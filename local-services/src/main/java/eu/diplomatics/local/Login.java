package eu.diplomatics.local;

/** A database role and its password; prints the role only. */
public record Login(String username, String password) {
    @Override
    public String toString() {
        return "Login[" + username + ", password redacted]";
    }
}
