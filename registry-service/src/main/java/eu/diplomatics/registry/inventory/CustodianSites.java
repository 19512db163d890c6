package eu.diplomatics.registry.inventory;

/** How many sites of the custodian have to wrap each KEK. */
public record CustodianSites(int count) {}
