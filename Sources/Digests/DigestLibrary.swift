import CSodium

/// The libsodium this process runs with.
public enum DigestLibrary {
    /// For example `1.0.18`.
    public static var version: String { unsafe sodium_version_string().map { unsafe String(cString: $0) } ?? "unknown" }
}
