public import Digests
import Files
import Foundation

/// Content-addressed bytes in a directory: each file is named by the SHA-256 of its content.
///
/// Names come from digests and never from a peer, and symbolic links are not followed, so nothing outside the directory
/// can be reached. A blob appears whole or not at all; a download in progress grows in `partial/` and survives a crash.
public struct BlobStore: Sendable, Equatable {
    /// Where the blobs lie.
    public let directory: String

    init(directory: String) { self.directory = directory }

    private func path(_ digest: Digest) -> String { "\(directory)/\(digest)" }

    /// Stores bytes under their digest. Storing the same bytes again costs a comparison.
    ///
    /// - Throws: `RunStoreError` when the disk does not take them.
    @discardableResult
    public func put(_ bytes: [UInt8]) throws(RunStoreError) -> Digest {
        let digest = Digest.of(bytes)
        if isSound(digest) { return digest }
        do {
            try FileReplacement.write(bytes, to: path(digest))
        } catch {
            throw RunStoreError(error)
        }
        return digest
    }

    /// Whether a blob is there; its content is checked when it is read whole.
    public func contains(_ digest: Digest) -> Bool {
        (try? FileReader(path: path(digest), followsLinks: false)) != nil
    }

    /// Whether a blob is there and its content is the one it is named by. Reads it whole, in pieces.
    public func isSound(_ digest: Digest) -> Bool {
        guard let blob = try? open(digest) else { return false }
        return (try? blob.digest()) == digest
    }

    /// The whole blob, checked.
    ///
    /// - Throws: `RunStoreError` when it is not there or its bytes are not those its name stands for.
    public func read(_ digest: Digest) throws(RunStoreError) -> [UInt8] {
        let blob = try open(digest)
        let bytes = try blob.read(at: 0, count: blob.byteCount)
        guard Digest.of(bytes) == digest else {
            throw RunStoreError(
                .damaged, "\(path(digest)) is damaged: its content does not have the digest it is named by; delete it.")
        }
        return bytes
    }

    /// Opens a blob to read parts of it. The parts are not checked: receivers check chunks by the manifest.
    ///
    /// - Throws: `RunStoreError` when it is not there.
    public func open(_ digest: Digest) throws(RunStoreError) -> Blob {
        do {
            return Blob(reader: try FileReader(path: path(digest), followsLinks: false))
        } catch {
            throw RunStoreError(.missing, error.description)
        }
    }

    /// Every blob that is there, in order of digest, and the names of files that are none; downloads under way not included.
    public func contents() -> (blobs: [Digest], foreign: [String]) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
        return (names.compactMap { Digest($0) }, names.filter { Digest($0) == nil && $0 != "partial" })
    }

    /// Begins or continues a blob that comes in pieces.
    ///
    /// - Throws: `RunStoreError` when the disk does not take it.
    public func partial(_ digest: Digest) throws(RunStoreError) -> PartialBlob {
        let path = "\(directory)/partial/\(digest)"
        do {
            return PartialBlob(
                digest: digest, target: self.path(digest), file: try GrowingFile(path: path))
        } catch {
            throw RunStoreError(error)
        }
    }
}

/// A blob open for reading.
public struct Blob: Sendable {
    fileprivate let reader: FileReader

    /// Its length.
    public var byteCount: Int { reader.byteCount }

    /// The digest of its content.
    ///
    /// - Throws: `RunStoreError` when the disk fails.
    public func digest() throws(RunStoreError) -> Digest {
        var digest = StreamingDigest()
        var offset = 0
        while offset < byteCount {
            let bytes = try read(at: offset, count: min(1 << 20, byteCount - offset))
            digest.update(bytes)
            offset += bytes.count
        }
        return digest.finish()
    }

    /// Some of its bytes.
    ///
    /// - Throws: `RunStoreError` when the blob ends before.
    public func read(at offset: Int, count: Int) throws(RunStoreError) -> [UInt8] {
        do {
            return try reader.integers(count: count, at: offset)
        } catch {
            throw RunStoreError(error)
        }
    }
}

/// A blob that is being received, front to back.
public final class PartialBlob: Sendable {
    /// What it will be.
    public let digest: Digest
    private let target: String
    private let file: GrowingFile

    init(digest: Digest, target: String, file: GrowingFile) {
        self.digest = digest
        self.target = target
        self.file = file
    }

    /// What an earlier process received.
    ///
    /// - Throws: `RunStoreError` when it cannot be read.
    public func received() throws(RunStoreError) -> Blob {
        do {
            return Blob(reader: try FileReader(path: file.path, followsLinks: false))
        } catch {
            throw RunStoreError(error)
        }
    }

    /// Keeps the first bytes and drops the rest, which could not be verified.
    ///
    /// - Throws: `RunStoreError` when the disk fails.
    public func truncate(to byteCount: Int) throws(RunStoreError) {
        do {
            try file.truncate(to: byteCount)
        } catch {
            throw RunStoreError(error)
        }
    }

    /// Adds bytes at the end.
    ///
    /// - Throws: `RunStoreError` when the disk does not take them.
    public func append(_ bytes: [UInt8]) throws(RunStoreError) {
        do {
            try file.append(bytes)
        } catch {
            throw RunStoreError(error)
        }
    }

    /// Checks the whole, makes it durable and visible.
    ///
    /// - Throws: `RunStoreError`; wrong bytes are dropped, so that the download begins anew.
    public func commit() throws(RunStoreError) {
        guard try received().digest() == digest else {
            try truncate(to: 0)
            throw RunStoreError(.damaged, "What was received for blob \(self.digest.short) is not that blob.")
        }
        do {
            try file.publish(as: target)
        } catch {
            throw RunStoreError(error)
        }
    }
}
