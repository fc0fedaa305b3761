import Compression
import Digests
import Foundation
import Nodes
import Numerics
import RunStore
import Wire
import ZeroMQ

/// What a machine is: libraries, arithmetic, threads, memory, clock.
enum MachineChecks {
    static func libraries() -> Finding {
        let openBLAS = BLAS.configuration.split(separator: " ").prefix(2).joined(separator: " ")
        let versions = [
            "reprise \(Software.version)", "libzmq \(ZeroMQLibrary.version)", openBLAS,
            "SQLite \(StoreLibrary.version ?? "unknown")", "libsodium \(DigestLibrary.version)",
            "protobuf-c \(WireLibrary.version)", "zstd \(CompressionLibraries.zstd)",
            "zlib \(CompressionLibraries.zlib)",
        ].joined(separator: ", ")
        guard ZeroMQLibrary.hasCurve else {
            return Finding("libraries", .bad, "libzmq was built without CURVE: no keys can be used; \(versions)")
        }
        return Finding("libraries", .fine, versions)
    }

    static func core() -> Finding {
        let model = field("model name", in: "/proc/cpuinfo") ?? "unknown processor"
        let chosen = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"].map { ", OPENBLAS_CORETYPE=\($0)" } ?? ""
        return Finding("core type", .fine, "\(BLAS.coreType)\(chosen) (\(model))")
    }

    /// - Parameter expected: the fingerprint of another machine, or its first digits.
    static func fingerprint(expected: String?) -> Finding {
        let fingerprint = "\(Software.numericFingerprint())"
        guard let expected else {
            return Finding("arithmetic", .fine, "\(fingerprint): machines that sample or train one run have the same")
        }
        let isSame = !expected.isEmpty && fingerprint.hasPrefix(expected.lowercased())
        return isSame
            ? Finding("arithmetic", .fine, "\(fingerprint), as expected")
            : Finding(
                "arithmetic", .bad,
                "\(fingerprint) is not \(expected): set the same OPENBLAS_CORETYPE and use the same build on both machines"
            )
    }

    static func threads() -> Finding {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)).flatMap {
            $0.split(separator: " ").first.flatMap { Double($0) }
        }
        let allowed = quota.map { ", of which it may use \(Format.number($0))" } ?? ""
        let text = "\(cores) for this process\(allowed); load \(load.map { Format.number($0) } ?? "unknown")"
        let isBusy = load.map { $0 > Double(cores) } ?? false
        return Finding("threads", isBusy ? .note : .fine, text + (isBusy ? ": others are at work here" : ""))
    }

    /// Processors that the control group allows (version 2), where it allows fewer than there are.
    private static var quota: Double? {
        guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) else { return nil }
        let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard numbers.count == 2, let time = numbers[0], let period = numbers[1], period > 0 else { return nil }
        return time / period
    }

    static func memory() -> Finding {
        func bytes(_ name: String) -> Int? {
            field(name, in: "/proc/meminfo")?.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        guard let total = bytes("MemTotal"), let free = bytes("MemAvailable") else {
            return Finding("memory", .note, "unknown")
        }
        return Finding(
            "memory", free < 1 << 30 ? .note : .fine, "\(Format.bytes(free)) free of \(Format.bytes(total))")
    }

    /// Leases are timed by the monotonic clock alone.
    static func clock() -> Finding {
        var (last, smallest) = (ContinuousClock.now, Duration.seconds(1))
        for _ in 0..<100_000 {
            let now = ContinuousClock.now
            if now < last {
                return Finding("clock", .bad, "the monotonic clock went back by \(now.duration(to: last))")
            }
            if now > last { smallest = min(smallest, last.duration(to: now)) }
            last = now
        }
        let source = try? String(
            contentsOfFile: "/sys/devices/system/clocksource/clocksource0/current_clocksource", encoding: .utf8)
        let name = source?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
        let nanoseconds = smallest.components.attoseconds / 1_000_000_000
        return smallest < .milliseconds(10)
            ? Finding("clock", .fine, "monotonic, in steps of \(nanoseconds) ns (\(name))")
            : Finding("clock", .bad, "the monotonic clock moves in steps of \(smallest) (\(name))")
    }

    private static func field(_ name: String, in file: String) -> String? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
