import CLinux

/// Limits the kernel sets to what a process may take, of this process or another of the same user (prlimit(2)).
public enum ProcessLimits {
    /// No file of that process grows beyond `bytes` until it is set otherwise; nil sets no limit.
    ///
    /// A process that ignores SIGXFSZ then sees EFBIG where a full disk gives ENOSPC.
    ///
    /// - Returns: false when there is no such process, or it is somebody else's.
    public static func setFileSize(_ bytes: UInt?, of process: Int32) -> Bool {
        reprise_limit_file_size(process, bytes ?? .max) == 0
    }
}
