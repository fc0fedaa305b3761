import CKernels

private final class ParallelBody {
    let run: @Sendable (Int) -> Void
    init(_ run: @escaping @Sendable (Int) -> Void) { self.run = run }
}

/// Runs `body(i)` for every i in 0..<count on at most `slots` threads of a small pool, the caller's among them.
///
/// Which thread runs which index is open; each index must do its own part alone, so results never depend on `slots`. A
/// call from within a body runs on the calling thread. Do not block in a body on another index.
public func parallel(slots: Int, count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard count > 0 else { return }
    if slots <= 1 || count == 1 {
        for index in 0..<count { body(index) }
        return
    }
    let holder = ParallelBody(body)
    unsafe rk_parallel(
        slots, count,
        { context, index in
            guard let context = unsafe context else { return }
            unsafe Unmanaged<ParallelBody>.fromOpaque(context).takeUnretainedValue().run(index)
        }, Unmanaged.passUnretained(holder).toOpaque())
    withExtendedLifetime(holder) {}
}
