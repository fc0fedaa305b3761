import GRDB

/// The SQLite this process runs with.
public enum StoreLibrary {
    /// For example `3.40.1`; nil when it cannot be asked.
    public static var version: String? {
        try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
    }
}
