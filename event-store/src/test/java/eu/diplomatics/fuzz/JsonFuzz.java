package eu.diplomatics.fuzz;

import static eu.diplomatics.fuzz.Read.checked;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import eu.diplomatics.qualification.Examples;
import eu.diplomatics.qualification.HolderRequestJson;
import eu.diplomatics.qualification.QualificationJson;

/** ASVS 2.2.1: whatever comes as a request, it is read or refused by a value; nothing is thrown. */
class JsonFuzz {
    @FuzzTest
    void json(byte[] body) {
        checked(QualificationJson.readRegistration(body, Examples.STRICT));
        checked(QualificationJson.readRow(body, Examples.LEGACY));
        checked(QualificationJson.readCorrection(body, Examples.STRICT));
        checked(QualificationJson.readState(body, Examples.STRICT));
        checked(HolderRequestJson.readLink(body, Examples.STRICT));
        checked(HolderRequestJson.readReplacement(body, Examples.STRICT));
        checked(HolderRequestJson.readMove(body, Examples.STRICT));
        checked(HolderRequestJson.readSearch(body, Examples.STRICT));
        assertThat(QualificationJson.supplierReference(body)).isNotNull();
    }
}
