import CWire

/// The protobuf-c this process runs with.
public enum WireLibrary {
    /// For example `1.4.1`.
    public static var version: String { unsafe protobuf_c_version().map { unsafe String(cString: $0) } ?? "unknown" }
}
