package eu.diplomatics.query.projection;

/**
 * How far a partition was read.
 *
 * @param topicId Kafka's own id: a topic that was made anew under the same name has another
 * @param nextOffset the record to read next
 * @param position nothing at or below this position is still to come in this partition
 */
record PartitionSeen(String topic, int partition, String topicId, long nextOffset, long position) {}
