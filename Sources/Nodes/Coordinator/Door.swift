import RolloutCore
import Transport

/// Who comes in and who does not, as a coordinator's owner sees it. Used on the transport's loop.
struct Door: Sendable {
    /// Something to log.
    struct Line: Equatable {
        let text: String
        let isWarning: Bool
    }

    private let transport: RouterTransport
    private let keyGuard: KeyGuard?

    init(_ transport: RouterTransport, _ keyGuard: KeyGuard?) {
        self.transport = transport
        self.keyGuard = keyGuard
    }

    /// Reads the list of keys again when its file has changed; what there is to say about that, and about connections that
    /// were refused.
    func look(isForced: Bool) -> [Line] {
        let refusals = transport.assumeIsolated { $0.takeRefusals() }
        return reload(isForced: isForced) + refusals.map { Line(text: $0, isWarning: true) }
    }

    private func reload(isForced: Bool) -> [Line] {
        switch keyGuard?.reload(isForced: isForced) {
        case nil: return []
        case .failed(let why):
            return [Line(text: "the list of keys stays as it was, for it cannot be read: \(why)", isWarning: true)]
        case .changed(let added, let removed):
            let changes = [("admitted", added), ("revoked", removed)].filter { !$0.1.isEmpty }.map {
                "\($0.0) \($0.1.joined(separator: ", "))"
            }
            let text = changes.isEmpty ? "nothing is new" : changes.joined(separator: "; ")
            return [Line(text: "the list of keys was read again: \(text)", isWarning: false)]
        }
    }

    /// Sessions of nodes whose key is not admitted any more.
    var expelled: [SessionID] { transport.assumeIsolated { $0.expelled } }
}
