package eu.diplomatics.sealing;

import eu.diplomatics.transparency.Tile;
import eu.diplomatics.transparency.TileStore;
import eu.diplomatics.transparency.TreeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiles in the log's own database, so that a restore has them. They are written in the transaction of the connection
 * and become visible and durable with its commit.
 */
public final class JdbcTileStore implements TileStore {
    private final Connection connection;
    private final String select;
    private final String insert;

    /** @param schema a constant of this code, never a value from outside */
    public JdbcTileStore(Connection connection, String schema) {
        this.connection = connection;
        this.select = "SELECT hashes FROM " + schema + ".tile WHERE level = ? AND index = ? AND width = ?";
        this.insert = "INSERT INTO " + schema
                + ".tile (level, index, width, hashes) SELECT * FROM unnest(?::int[], ?::bigint[], ?::int[], ?::bytea[])"
                + " ON CONFLICT DO NOTHING";
    }

    @Override
    public Optional<byte[]> read(Tile tile) {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            coordinates(statement, tile);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw unanswered(e);
        }
    }

    @Override
    public void write(Map<Tile, byte[]> tiles) {
        List<Tile> wanted = List.copyOf(tiles.keySet());
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setArray(1, array("int4", wanted.stream().map(Tile::level).toArray()));
            statement.setArray(2, array("int8", wanted.stream().map(Tile::index).toArray()));
            statement.setArray(3, array("int4", wanted.stream().map(Tile::width).toArray()));
            statement.setArray(4, array("bytea", wanted.stream().map(tiles::get).toArray(byte[][]::new)));
            if (statement.executeUpdate() < wanted.size()) {
                tiles.forEach(this::checkSame);
            }
        } catch (SQLException e) {
            throw unanswered(e);
        }
    }

    private Array array(String type, Object[] elements) throws SQLException {
        return connection.createArrayOf(type, elements);
    }

    private void checkSame(Tile tile, byte[] bytes) {
        if (read(tile).filter(there -> Arrays.equals(there, bytes)).isEmpty()) {
            throw TreeException.conflict(tile);
        }
    }

    private static void coordinates(PreparedStatement statement, Tile tile) throws SQLException {
        statement.setInt(1, tile.level());
        statement.setLong(2, tile.index());
        statement.setInt(3, tile.width());
    }

    /** The cause stays, so that whoever talks to the database can tell which failure it was. */
    private static UncheckedIOException unanswered(SQLException e) {
        return new UncheckedIOException(new IOException("the database of tiles does not answer", e));
    }
}
