package eu.diplomatics.registry.dispute;

import java.time.Duration;

/**
 * Bounds of disputes.
 *
 * @param days how many whoever registered a record has to settle a dispute about it (GDPR, article 12(3): within one month)
 * @param look how often it is looked which are late
 */
record DisputeSettings(int days, Duration look) {
    DisputeSettings {
        if (days < 1 || days > 366) {
            throw new IllegalArgumentException("diplomatics.disputes.days is from 1 to 366");
        }
        if (!look.isPositive()) {
            throw new IllegalArgumentException("diplomatics.disputes.look is more than nothing");
        }
    }
}
