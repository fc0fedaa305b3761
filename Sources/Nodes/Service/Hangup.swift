import Dispatch
import Foundation

/// Turns SIGHUP into a call: read your files again, as is the custom of services.
final class Hangup {
    private let source: any DispatchSourceSignal

    init(_ call: @escaping @Sendable () -> Void) {
        signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        source.setEventHandler(handler: call)
        source.resume()
    }
}
