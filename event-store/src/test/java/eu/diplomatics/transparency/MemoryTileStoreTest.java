package eu.diplomatics.transparency;

class MemoryTileStoreTest extends TileStoreSuite {
    @Override
    TileStore store() {
        return new MemoryTileStore();
    }
}
