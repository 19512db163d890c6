package eu.diplomatics.quickstart.compliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of the tables of a Markdown file whose first cell is an id, in their order. No cell holds a bar. */
final class Table {
    private Table() {}

    /**
     * @param cells how many a row has, the id among them
     * @throws IllegalStateException naming the row that has another number of cells, or the id that stands there twice
     */
    static Map<String, List<String>> read(Path file, String id, int cells) throws IOException {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            List<String> row = cells(line);
            if (row.isEmpty() || !row.getFirst().matches(id)) {
                continue;
            }
            if (row.size() != cells) {
                throw new IllegalStateException(file.getFileName() + ": " + row.getFirst() + " has " + row.size()
                        + " cells instead of " + cells);
            }
            if (rows.put(row.getFirst(), row.subList(1, cells)) != null) {
                throw new IllegalStateException(file.getFileName() + ": " + row.getFirst() + " stands there twice");
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        String text = line.strip();
        if (text.length() < 2 || !text.startsWith("|") || !text.endsWith("|")) {
            return List.of();
        }
        List<String> cells = new ArrayList<>();
        for (String cell : text.substring(1, text.length() - 1).split("\\|", -1)) {
            cells.add(cell.strip());
        }
        return cells;
    }
}
