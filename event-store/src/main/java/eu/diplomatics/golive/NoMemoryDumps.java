package eu.diplomatics.golive;

import java.util.List;
import java.util.function.Supplier;

/** Nothing copies this process's memory to a disk. */
public final class NoMemoryDumps implements GoLiveCondition {
    private final Supplier<ProcessMemory> memory;

    public NoMemoryDumps(Supplier<ProcessMemory> memory) {
        this.memory = memory;
    }

    @Override
    public String id() {
        return "memory-dumps";
    }

    @Override
    public String requirement() {
        return "R18";
    }

    @Override
    public Verdict check() {
        List<String> leaks = memory.get().leaks();
        return leaks.isEmpty()
                ? Verdict.green("no heap dumps, no core files, no tool can attach")
                : Verdict.red(String.join("; ", leaks), "start the service as named here");
    }
}
