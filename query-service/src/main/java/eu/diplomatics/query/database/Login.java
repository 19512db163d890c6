package eu.diplomatics.query.database;

/** A database role and its password, from the environment; it never prints the password. */
public record Login(String username, String password) {
    @Override
    public String toString() {
        return "Login[" + username + "]";
    }
}
