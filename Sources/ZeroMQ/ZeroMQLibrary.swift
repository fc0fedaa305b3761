import CZeroMQ

/// The libzmq this process runs with.
public enum ZeroMQLibrary {
    /// For example `4.3.4`.
    public static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe zmq_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// Whether it was built with CURVE.
    public static var hasCurve: Bool { unsafe zmq_has("curve") == 1 }
}
