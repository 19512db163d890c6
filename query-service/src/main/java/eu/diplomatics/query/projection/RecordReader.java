package eu.diplomatics.query.projection;

import eu.diplomatics.eventstore.EventFrame;
import eu.diplomatics.eventstore.FrameException;
import eu.diplomatics.eventstore.StoredEvent;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads records of the relay: events, and heartbeats that say up to where nothing is missing. */
final class RecordReader {
    private static final String STREAM = "stream";
    private static final String HEARTBEAT = "heartbeat";
    private static final String END = "end";

    private RecordReader() {}

    /** The position a heartbeat names; empty for every other record. */
    static OptionalLong heartbeat(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(HEARTBEAT);
        if (header == null || header.value() == null || header.value().length != Long.BYTES) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(ByteBuffer.wrap(header.value()).getLong());
    }

    /** Whether a heartbeat also says that nothing follows it in its partition. */
    static boolean isEnd(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(END) != null;
    }

    static Delivery event(ConsumerRecord<byte[], byte[]> record) {
        Optional<UUID> named = id(header(record, STREAM));
        Optional<UUID> holder = id(record.key());
        byte[] value = record.value();
        if (value == null) {
            return poisoned(record, named, holder, ParkReason.FRAME_MALFORMED);
        }
        try {
            StoredEvent event = EventFrame.decode(value);
            if (named.isPresent() && !named.get().equals(event.context().stream())) {
                return poisoned(record, named, holder, ParkReason.FRAME_MALFORMED);
            }
            return holder.isPresent() && holder.get().equals(event.holder())
                    ? new Delivery.Arrived(event)
                    // neither is believed: the leaf does not cover the holder
                    : new Delivery.Poisoned(event.context().stream(), null, ParkReason.HOLDER_DIFFERS);
        } catch (FrameException e) {
            return poisoned(
                    record,
                    named,
                    holder,
                    e.reason() == FrameException.Reason.LEAF ? ParkReason.LEAF_MISMATCH : ParkReason.FRAME_MALFORMED);
        }
    }

    private static Delivery poisoned(
            ConsumerRecord<?, ?> record, Optional<UUID> stream, Optional<UUID> holder, ParkReason reason) {
        return stream.isPresent()
                ? new Delivery.Poisoned(stream.get(), holder.orElse(null), reason)
                : new Delivery.Unattributed(record.topic(), record.partition(), record.offset(), reason.name());
    }

    private static byte @Nullable [] header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    private static Optional<UUID> id(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length != 2 * Long.BYTES) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return Optional.of(new UUID(buffer.getLong(), buffer.getLong()));
    }
}
