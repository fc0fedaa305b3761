import Foundation
import JSONLines
import Numerics
import Synchronization

/// Carries a part's work from input lines to output lines: on several threads, written in the order of the input.
///
/// Lines are taken in blocks of `threads` shares of at most `linesPerShare` lines; the blocks are the same for any speed of
/// any thread. Lines before one that cannot be used are written, whole; then the command ends with the error of that line.
struct LineFilter {
    /// What progress calls the work.
    let title: String
    /// Shares worked on at once; never changes the output.
    var threads = 1
    /// Lines that `work` gets in one call.
    var linesPerShare = 64

    /// Works on the lines of an input one by one.
    func run(_ input: LineInput, _ work: @escaping @Sendable (InputLine) throws -> JSONObject) throws {
        try run(try input.open()) { lines in lines.map { line in Result { try work(line) } } }
    }

    /// Works on shares of an input's lines.
    func run(
        _ reader: LineReader, _ work: @escaping @Sendable ([InputLine]) -> [Result<JSONObject, any Error>]
    ) throws {
        var reader = reader
        let meter = Meter(title: title, unit: "lines", total: reader.lineCount)
        defer { meter.end() }
        try run({ try reader.next() }) { lines in
            let results = work(lines)
            meter.add(lines.count)
            return results
        }
    }

    /// Works on shares of what `next` hands out until it has no more.
    func run<Item: Sendable>(
        _ next: () throws -> Item?, _ work: @escaping @Sendable ([Item]) -> [Result<JSONObject, any Error>]
    ) throws {
        var output = LineOutput()
        var isAtEnd = false
        while !isAtEnd {
            var block: [Item] = []
            var failure: (any Error)?
            do {
                while block.count < threads * linesPerShare, !isAtEnd {
                    if let item = try next() { block.append(item) } else { isAtEnd = true }
                }
            } catch {
                failure = error
            }
            for result in results(block, work) {
                do {
                    try output.write(try result.get())
                } catch {
                    try output.flush()
                    throw error
                }
            }
            try output.flush()
            if let failure { throw failure }
        }
    }

    private func results<Item: Sendable>(
        _ block: [Item], _ work: @escaping @Sendable ([Item]) -> [Result<JSONObject, any Error>]
    ) -> [Result<JSONObject, any Error>] {
        // Equal shares, also of a last block that is not full.
        let share = max(1, (block.count + threads - 1) / threads)
        let shares = stride(from: 0, to: block.count, by: share).map { Array(block[$0..<min($0 + share, block.count)]) }
        let results = Mutex([[Result<JSONObject, any Error>]](repeating: [], count: shares.count))
        parallel(slots: threads, count: shares.count) { index in
            let done = work(shares[index])
            results.withLock { $0[index] = done }
        }
        return results.withLock { $0.flatMap { $0 } }
    }
}
