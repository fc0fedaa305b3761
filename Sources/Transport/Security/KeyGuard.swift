import Files
import Synchronization
public import ZeroMQ

/// Who may connect to a coordinator: an allow-list that is read again when its file changes.
public final class KeyGuard: Sendable {
    /// What the list says about a key.
    public enum Verdict: Sendable, Equatable {
        /// It may join, under that name.
        case admitted(String)
        /// It might once.
        case revoked(String)
        /// It is on no line.
        case unknown
    }

    /// What became of a file that was read again.
    public enum Reload: Sendable, Equatable {
        /// The names that may join now and could not before, and the other way round.
        case changed(added: [String], removed: [String])
        /// It cannot be read; what it said before still holds.
        case failed(String)
    }

    private struct State {
        var list: AllowList
        var status: FileStatus?
    }

    private let path: String?
    private let state: Mutex<State>

    /// Reads the list of a file.
    ///
    /// - Throws: `FileError` or `KeyError` when it cannot be used.
    public init(path: String) throws {
        self.path = path
        state = Mutex(State(list: try Self.read(path), status: try? FileStatus(of: path)))
    }

    /// A list that stays as it is.
    public init(_ list: AllowList) {
        path = nil
        state = Mutex(State(list: list))
    }

    /// How many keys may join.
    public var count: Int { state.withLock { $0.list.admitted.count } }

    /// What the list says about a key now.
    public func verdict(on key: CurvePublicKey) -> Verdict {
        guard let entry = state.withLock({ $0.list[key] }) else { return .unknown }
        return entry.isRevoked ? .revoked(entry.name) : .admitted(entry.name)
    }

    /// Reads the file again when it is not what was read last; nil when it is.
    ///
    /// - Parameter isForced: reads it in any case.
    public func reload(isForced: Bool = false) -> Reload? {
        guard let path else { return nil }
        // Looked at before it is read: a change in between is seen the next time.
        let status = try? FileStatus(of: path)
        guard isForced || state.withLock({ $0.status != status }) else { return nil }
        let list: AllowList
        do { list = try Self.read(path) } catch {
            state.withLock { $0.status = status }
            return .failed("\(error)")
        }
        let old = state.withLock { state in
            defer { state = State(list: list, status: status) }
            return state.list
        }
        func names(_ keys: Set<CurvePublicKey>, in list: AllowList) -> [String] {
            list.entries.filter { keys.contains($0.key) }.map(\.name)
        }
        let (before, now) = (old.admitted, list.admitted)
        return .changed(
            added: names(now.subtracting(before), in: list), removed: names(before.subtracting(now), in: old))
    }

    static func read(_ path: String) throws -> AllowList {
        try AllowList(String(decoding: FileReader.contents(of: path, limit: 1 << 22), as: UTF8.self), from: path)
    }
}
