import Digests
import Foundation
import GRDB
import RolloutCore

// How the values of RolloutCore lie in columns, there and back.

extension Split {
    var column: String {
        switch self {
        case .train: "train"
        case .validation: "validation"
        case .test: "test"
        }
    }
    init?(column: String) {
        guard let split = Split.allCases.first(where: { $0.column == column }) else { return nil }
        self = split
    }
}

extension TaskKind {
    var column: String {
        switch self {
        case .sample: "sample"
        case .score: "score"
        case .train: "train"
        case .rationale: "rationale"
        }
    }
    init?(column: String) {
        guard let kind = TaskKind.allCases.first(where: { $0.column == column }) else { return nil }
        self = kind
    }
}

extension Role {
    var column: String {
        switch self {
        case .sampler: "sampler"
        case .scorer: "scorer"
        case .learner: "learner"
        }
    }
}

extension Trajectory.Stop {
    var column: String {
        switch self {
        case .stopToken: "stop"
        case .length: "length"
        }
    }
    init?(column: String) {
        guard let stop = Trajectory.Stop.allCases.first(where: { $0.column == column }) else { return nil }
        self = stop
    }
}

extension Rationale.Origin {
    var column: String {
        switch self {
        case .written: "written"
        case .profile: "profile"
        case .none: "none"
        }
    }
    init?(column: String) {
        guard let origin = Rationale.Origin.allCases.first(where: { $0.column == column }) else { return nil }
        self = origin
    }
}

/// A double as it lies in an ANY column: exact, NaN as text (SQLite binds NaN as NULL).
func exact(_ value: Double) -> DatabaseValue { value.isNaN ? "NaN".databaseValue : value.databaseValue }

/// A value as it lies in a column: text with a NUL as its bytes.
func exact(_ value: any DatabaseValueConvertible) -> DatabaseValue {
    if let text = value as? String, text.utf8.contains(0) { return Data(text.utf8).databaseValue }
    return value.databaseValue
}

/// Same bits, signed.
func signed(_ value: UInt64) -> Int64 { Int64(bitPattern: value) }

enum Tokens {
    static func data(_ tokens: [Int32]) -> Data {
        var data = Data(capacity: tokens.count * 4)
        for token in tokens {
            let bits = UInt32(bitPattern: token)
            data.append(UInt8(truncatingIfNeeded: bits))
            data.append(UInt8(truncatingIfNeeded: bits >> 8))
            data.append(UInt8(truncatingIfNeeded: bits >> 16))
            data.append(UInt8(truncatingIfNeeded: bits >> 24))
        }
        return data
    }

    static func tokens(_ data: Data) -> [Int32]? {
        guard data.count % 4 == 0 else { return nil }
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count, by: 4).map { at in
            let low = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
            let high = UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
            return Int32(bitPattern: low | high)
        }
    }

    static func digest(_ tokens: [Int32]) -> Digest {
        var digest = DigestBuilder("reprise.tokens.v1")
        digest.add(tokens)
        return digest.finish()
    }
}

extension BlobManifest {
    var chunkData: Data { Data(chunks.flatMap(\.bytes)) }

    init?(digest: Digest, byteCount: UInt64, chunkData: Data) {
        guard chunkData.count % 32 == 0 else { return nil }
        let bytes = [UInt8](chunkData)
        let chunks = stride(from: 0, to: bytes.count, by: 32).compactMap { Digest(bytes: bytes[$0..<($0 + 32)]) }
        self.init(digest: digest, byteCount: byteCount, chunks: chunks)
    }
}

/// A row whose content may be anything: reading a column never traps, a wrong one is an error that names it.
struct StoredRow {
    let row: Row
    let table: String

    func damaged(_ column: String) -> RunStoreError {
        RunStoreError(
            .damaged,
            "run.sqlite is damaged: a row of \(table) has no valid \(column); put back a copy of the run directory.")
    }

    private func value(_ column: String) -> DatabaseValue.Storage {
        let value: DatabaseValue = row[column]
        return value.storage
    }

    func isNull(_ column: String) -> Bool {
        if case .null = value(column) { true } else { false }
    }

    func integer(_ column: String) throws(RunStoreError) -> Int64 {
        guard case .int64(let value) = value(column) else { throw damaged(column) }
        return value
    }

    func small(_ column: String) throws(RunStoreError) -> UInt32 {
        guard let value = UInt32(exactly: try integer(column)) else { throw damaged(column) }
        return value
    }

    func count(_ column: String) throws(RunStoreError) -> Int { Int(try integer(column)) }

    func unsigned(_ column: String) throws(RunStoreError) -> UInt64 { UInt64(bitPattern: try integer(column)) }

    func text(_ column: String) throws(RunStoreError) -> String {
        switch value(column) {
        case .string(let text): return text
        case .blob(let data):
            guard let text = String(validating: data, as: UTF8.self) else { throw damaged(column) }
            return text
        default: throw damaged(column)
        }
    }

    func optionalText(_ column: String) throws(RunStoreError) -> String? { isNull(column) ? nil : try text(column) }

    func data(_ column: String) throws(RunStoreError) -> Data {
        // An empty blob may come back as an empty text or blob, never as NULL.
        guard case .blob(let value) = value(column) else { throw damaged(column) }
        return value
    }

    func number(_ column: String) throws(RunStoreError) -> Double {
        switch value(column) {
        case .double(let value): return value
        case .int64(let value): return Double(value)
        case .string("NaN"): return .nan
        default: throw damaged(column)
        }
    }

    func optionalNumber(_ column: String) throws(RunStoreError) -> Double? {
        isNull(column) ? nil : try number(column)
    }

    func digest(_ column: String) throws(RunStoreError) -> Digest {
        guard let digest = Digest(try text(column)) else { throw damaged(column) }
        return digest
    }

    func split(_ column: String = "split") throws(RunStoreError) -> Split {
        guard let split = Split(column: try text(column)) else { throw damaged(column) }
        return split
    }

    func kind(_ column: String = "kind") throws(RunStoreError) -> TaskKind {
        guard let kind = TaskKind(column: try text(column)) else { throw damaged(column) }
        return kind
    }
}
