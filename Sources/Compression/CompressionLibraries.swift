import CZlib
import CZstd

/// The libraries this process compresses with.
public enum CompressionLibraries {
    /// Of zstd.
    public static var zstd: String { unsafe ZSTD_versionString().map { unsafe String(cString: $0) } ?? "unknown" }
    /// Of zlib.
    public static var zlib: String { unsafe zlibVersion().map { unsafe String(cString: $0) } ?? "unknown" }
}
