package eu.diplomatics.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReadinessTableTest {
    @Test
    void eachConditionHasALineAndWhatToDoBelowIt() {
        ReadinessTable table = new ReadinessTable(JsonMapper.shared().readTree("""
                {"service":"registry-service","state":"RED","gate":"NOT_APPLIED","conditions":[
                  {"id":"zones","requirement":"R25","state":"GREEN","why":"four zones","whatToDo":""},
                  {"id":"drill","requirement":"R33","state":"RED","why":"no restore was rehearsed","whatToDo":"rehearse"}]}
                """));
        assertThat(table.isGreen()).isFalse();
        assertThat(table.text()).isEqualTo("""
                registry-service: RED, gate NOT_APPLIED
                  GREEN   zones                R25  four zones
                  RED     drill                R33  no restore was rehearsed
                                                   -> rehearse
                """);
    }
}
