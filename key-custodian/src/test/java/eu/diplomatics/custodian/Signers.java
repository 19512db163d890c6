package eu.diplomatics.custodian;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Controller, registry and backups, with keys of their own, and what they sign about the test's custodian. */
final class Signers {
    final KeyPair controller = pair();
    final KeyPair manifest = pair();
    final KeyPair inventory = pair();

    CustodianConfiguration.Authorities authorities() {
        return new CustodianConfiguration.Authorities(
                List.of(controller.getPublic().getEncoded()),
                List.of(manifest.getPublic().getEncoded()),
                List.of(inventory.getPublic().getEncoded()));
    }

    static ObjectNode object() {
        return CustodianFixture.JSON.createObjectNode();
    }

    ObjectNode schedule(Instant from, Duration length) {
        return object().put("type", Statements.SCHEDULE)
                .put("custodian", "test")
                .put("newerGenerations", 3)
                .put("validFrom", from.toString())
                .put("validUntil", from.plus(length).toString());
    }

    ObjectNode generations(Instant at, String... days) {
        ObjectNode index = object().put("type", Statements.GENERATIONS).put("issuedAt", at.toString());
        var list = index.putArray("generations");
        for (String day : days) {
            list.addObject()
                    .put("day", day)
                    .put("manifestHash", "0a".repeat(32))
                    .put(
                            "verifiedAt",
                            LocalDate.parse(day)
                                    .atStartOfDay(ZoneOffset.UTC)
                                    .plusHours(5)
                                    .toInstant()
                                    .toString());
        }
        return index;
    }

    ObjectNode keyring(Instant at, String... labels) {
        ObjectNode keyring = object().put("type", Statements.KEYRING)
                .put("custodian", "test")
                .put("issuedAt", at.toString());
        var list = keyring.putArray("labels");
        List.of(labels).forEach(list::add);
        return keyring;
    }

    ObjectNode inventory(Instant at, String label, long rows) {
        ObjectNode inventory = object().put("type", Statements.INVENTORY)
                .put("custodian", "test")
                .put("label", label)
                .put("issuedAt", at.toString());
        inventory.putArray("artefacts").addObject().put("name", "keyring.kek").put("rows", rows);
        return inventory;
    }

    static ObjectNode signed(ObjectNode statement, KeyPair by) {
        String text = Canonical.text(statement);
        return object().put("statement", text)
                .put("signature", signature(statement.get("type").asString(), text, by));
    }

    ObjectNode destroyBody(ObjectNode inventory) {
        String text = Canonical.text(inventory);
        return object().put("label", inventory.get("label").asString())
                .put("inventory", text)
                .put("registrySignature", signature(Statements.INVENTORY, text, this.inventory))
                .put("controllerSignature", signature(Statements.INVENTORY, text, controller));
    }

    static ObjectNode expireBody(String label, JsonNode schedule, JsonNode generations, JsonNode keyring) {
        ObjectNode body = object().put("label", label);
        body.set("schedule", schedule);
        body.set("generations", generations);
        body.set("keyring", keyring);
        return body;
    }

    static String signature(String type, String text, KeyPair by) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(by.getPrivate());
            signature.update((type + "\n" + text).getBytes(StandardCharsets.UTF_8));
            return CustodianFixture.base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
