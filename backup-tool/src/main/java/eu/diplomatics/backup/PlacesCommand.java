package eu.diplomatics.backup;

import eu.diplomatics.backup.place.Place;
import eu.diplomatics.backup.place.PlaceRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "places",
        mixinStandardHelpOptions = true,
        description = "where generations are kept, and what those places turned out to do when they were tried")
final class PlacesCommand implements Callable<Integer> {
    private static final String JSON = "--json";
    private static final String AS_JSON = "as JSON";

    @ParentCommand
    private BackupApplication tool = BackupApplication.unset();

    @Option(names = JSON, description = AS_JSON)
    private boolean json;

    @FunctionalInterface
    private interface Asking {
        Optional<PlaceRecord> of(Place place) throws IOException;
    }

    @Override
    public Integer call() throws IOException {
        return tell(json, PlaceRecord::kept);
    }

    @Command(
            name = "probe",
            mixinStandardHelpOptions = true,
            description = "tries them anew, with objects that are removed again")
    int probe(@Option(names = JSON, description = AS_JSON) boolean asJson) throws IOException {
        return tell(
                json || asJson,
                place -> Optional.of(PlaceRecord.probe(place, tool.clock().instant())));
    }

    private int tell(boolean asJson, Asking asking) throws IOException {
        BackupConfiguration configuration = tool.configuration();
        List<String> names = new ArrayList<>(List.of(BackupConfiguration.FIRST));
        names.addAll(configuration.copyNames());
        List<Map<String, Object>> lines = new ArrayList<>();
        int status = 0;
        for (String name : names) {
            try (Place place = configuration.openPlace(name)) {
                Optional<PlaceRecord> record = asking.of(place);
                lines.add(line(name, place, record));
                if (!asJson) {
                    tell(name, place, record);
                }
            } catch (IOException e) {
                new Failures().explain(e, tool.commandLine().getErr());
                status = Failures.FOUND;
            }
        }
        if (asJson) {
            tool.out().println(BackupApplication.json(lines));
        }
        return status;
    }

    private static Map<String, Object> line(String name, Place place, Optional<PlaceRecord> record) {
        Map<String, Object> line = new TreeMap<>();
        line.put("name", name);
        line.put("place", place.name());
        record.ifPresent(known -> {
            line.put("probedAt", known.probedAt().toString());
            line.put("capabilities", known.capabilities());
        });
        return line;
    }

    private void tell(String name, Place place, Optional<PlaceRecord> record) {
        tool.out()
                .println(name + ": " + place.name()
                        + record.map(known -> ", tried " + known.probedAt()).orElse(", not tried yet"));
        record.ifPresent(known -> known.capabilities()
                .forEach((what, answer) -> tool.out().printf(Locale.ROOT, "  %-46s %s%n", what, answer)));
    }
}
