package eu.diplomatics.backup.place;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalPlaceTest extends PlaceContract {
    @Override
    Place open() throws Exception {
        return new LocalPlace(directory.resolve("place"));
    }

    @Test
    void forgetsTheFoldersThatAreLeftEmpty() throws Exception {
        place.replace("one/two/index", CONTENT);

        place.delete("one/two/index");

        assertThat(directory.resolve("place")).exists();
        assertThat(directory.resolve("place/one")).doesNotExist();
    }
}
