package eu.diplomatics.backup;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "copy",
        mixinStandardHelpOptions = true,
        description = "brings the other places to what the first one holds; goes on where the last one stopped")
final class CopyCommand implements Callable<Integer> {
    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Override
    public Integer call() throws IOException {
        BackupConfiguration configuration = tool.configuration();
        if (configuration.copyNames().isEmpty()) {
            throw new ConfigurationException("there is no other place", "name one in copies; backup --help");
        }
        return Copies.bring(tool, configuration);
    }
}
