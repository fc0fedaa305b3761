import Files
import GRDB

/// Why a run directory cannot be used: one sentence with what to do.
public struct RunStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble, for exit statuses.
    public enum Kind: Sendable, Equatable {
        /// The directory holds a run already, or nothing that is a run.
        case occupied
        /// There is no run there.
        case missing
        /// Another process works on it.
        case inUse
        /// It holds another run than the configuration describes.
        case otherRun
        /// What is stored contradicts itself.
        case damaged
        /// The disk is full, failed or not writable.
        case disk
        /// A query that is not allowed, wrong, or took too long.
        case query
    }
    /// What kind of trouble.
    public let kind: Kind
    /// The whole sentence.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What is stored contradicts itself; one sentence.
    public static func damaged(_ sentence: String) -> RunStoreError { RunStoreError(.damaged, sentence) }

    init(_ error: FileError) { self.init(.disk, error.description) }

    /// What SQLite reports, as a sentence about a database file.
    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .disk,
                "The disk is full: \(path) is as it was before the last entries; make room and continue with --resume.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged, "\(path) is damaged (\(reason)): put back a copy of the run directory or start a new run.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.inUse, "\(path) is locked by another program: close it and continue with --resume.")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.disk, "\(path) cannot be opened (\(reason)): check the permissions of its directory.")
        case .SQLITE_IOERR:
            self.init(
                .disk, "The disk failed under \(path) (\(reason)): check it, then continue with --resume.")
        default:
            self.init(.damaged, "\(path) cannot be used: \(reason).")
        }
    }

    /// Runs `body` and turns what it throws into sentences about `path`.
    static func about<Result>(_ path: String, _ body: () throws -> Result) throws(RunStoreError) -> Result {
        do {
            return try body()
        } catch let error as RunStoreError {
            throw error
        } catch let error as DatabaseError {
            throw RunStoreError(error, path: path)
        } catch let error as FileError {
            throw RunStoreError(error)
        } catch {
            throw RunStoreError(.disk, "\(path) cannot be used: \(error).")
        }
    }
}
