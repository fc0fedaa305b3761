/// A reader of bytes that others wrote: a peer, a file from elsewhere, a person.
///
/// Whatever it is given, it gives back a value or throws an error of its own; it neither traps nor runs away. Most targets
/// ask a little more: what was read, written and read again is the same.
public struct FuzzTarget: Sendable {
    /// As `cluster/fuzz` takes it.
    public let name: String
    /// Good inputs to begin with, a few KB each at most.
    public let seeds: @Sendable () throws -> [[UInt8]]
    /// Begins: what it returns takes inputs, and throws `Broken` when a promise is.
    public let begin: @Sendable () throws -> (([UInt8]) throws -> Void)

    /// A promise that an input broke.
    public struct Broken: Error, CustomStringConvertible {
        /// What came out.
        public let description: String
    }

    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        begin: @escaping @Sendable () throws -> (([UInt8]) throws -> Void)
    ) {
        self.name = name
        self.seeds = seeds
        self.begin = begin
    }

    /// A target without state.
    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        take: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.init(name, seeds: seeds, begin: { take })
    }

    /// Every target there is.
    public static let all = wire + files + runs

    static func expect(_ holds: Bool, _ sentence: @autoclosure () -> String) throws(Broken) {
        if !holds { throw Broken(description: sentence()) }
    }
}
