import Files
import Foundation

/// What a command writes to a place of its user's choice.
enum Output {
    /// Refuses a directory that exists, or could not be written: before a long computation, not after it.
    static func check(directory: String) throws {
        guard !FileManager.default.fileExists(atPath: directory) else {
            throw Failure(.output, "\(directory) exists already; choose another name or remove it.")
        }
        try writing { try Directories.create(Directories.split(directory).directory) }
        try checkPlace(of: directory)
    }

    /// Refuses a file that could not be written.
    static func check(file: String) throws {
        if Directories.exists(file) { throw Failure(.output, "\(file) is a directory: name a file in it.") }
        try checkPlace(of: file)
    }

    private static func checkPlace(of path: String) throws {
        let (directory, _) = Directories.split(path)
        guard Directories.exists(directory) else {
            throw Failure(.output, "There is no directory \(directory), where \(path) is to be.")
        }
        guard FileManager.default.isWritableFile(atPath: directory) else {
            throw Failure(.output, "\(directory) cannot be written, where \(path) is to be.")
        }
    }

    /// Runs what writes an output; what then goes wrong with a file is the output's.
    static func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileError {
            throw Failure(.output, error.description)
        }
    }
}
