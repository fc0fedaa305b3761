import Digests
import Glibc

/// Plain TCP, for what no ZeroMQ socket would say.
enum RawClient {
    struct Failed: Error {}

    static func close(_ descriptor: Int32) { Glibc.close(descriptor) }

    /// Connects, writes the bytes, and closes.
    static func send(_ bytes: [UInt8], to endpoint: String) throws {
        close(try open(bytes, to: endpoint))
    }

    /// Connects, writes the bytes, and leaves the connection open for the caller to close.
    static func open(_ bytes: [UInt8], to endpoint: String) throws -> Int32 {
        guard let port = endpoint.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw Failed() }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failed() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            throw Failed()
        }
        // The other side may hang up before all is written.
        _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        return descriptor
    }
}

/// Of everything after a frame's header.
func checksumOf(_ frame: [UInt8]) -> UInt32 { CRC32C.checksum(Array(frame.dropFirst(8))) }
