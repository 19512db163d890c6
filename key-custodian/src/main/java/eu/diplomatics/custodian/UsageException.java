package eu.diplomatics.custodian;

/** The command line is not as its command expects; never quotes a value. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String command;

    UsageException(String command, String message) {
        super(command.isEmpty() ? message : command + " " + message);
        this.command = command;
    }

    String hint() {
        return command.isEmpty() ? "custodian --help" : "custodian " + command + " --help";
    }
}
