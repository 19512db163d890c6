package eu.diplomatics.query.notice;

import java.util.Map;

/**
 * By which signatures of notices are verified.
 *
 * @param set a JWK set (RFC 7517), empty where nothing is signed
 */
public record NoticeKeys(Map<String, Object> set) {
    public NoticeKeys {
        set = Map.copyOf(set);
    }
}
