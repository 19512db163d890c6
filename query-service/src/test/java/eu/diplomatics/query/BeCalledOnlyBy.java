package eu.diplomatics.query;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** A constructor is called by one class and no other. */
final class BeCalledOnlyBy extends ArchCondition<JavaConstructor> {
    private final Class<?> caller;

    BeCalledOnlyBy(Class<?> caller) {
        super("be called only by " + caller.getSimpleName());
        this.caller = caller;
    }

    @Override
    public void check(JavaConstructor constructor, ConditionEvents events) {
        for (JavaCall<?> call : constructor.getCallsOfSelf()) {
            if (!call.getOriginOwner().isEquivalentTo(caller)) {
                events.add(SimpleConditionEvent.violated(call, call.getDescription()));
            }
        }
    }
}
