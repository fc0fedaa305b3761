// libFuzzer around the targets of FuzzTargets; `cluster/fuzz` builds and runs it.
//
//   Fuzzer --list                    names of the targets
//   Fuzzer TARGET --seeds FOLDER     writes its good inputs there
//   Fuzzer TARGET [FLAG...] FOLDER   fuzzes, with libFuzzer's flags
import Foundation
import FuzzTargets

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ take: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

enum Fuzzing {
    nonisolated(unsafe) static var take: ([UInt8]) throws -> Void = { _ in }
}

let arguments = CommandLine.arguments
if arguments.count == 2, arguments[1] == "--list" {
    for target in FuzzTarget.all { print(target.name) }
    exit(0)
}
guard arguments.count > 1, let target = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
    FileHandle.standardError.write(Data("Fuzzer: name a target that --list knows.\n".utf8))
    exit(64)
}
if arguments.count == 4, arguments[2] == "--seeds" {
    for (index, seed) in try target.seeds().enumerated() {
        try Data(seed).write(to: URL(filePath: arguments[3]).appending(path: "seed-\(index)"))
    }
    exit(0)
}
Fuzzing.take = try target.begin()
var strings = ([arguments[0]] + arguments[2...]).map { strdup($0) } + [nil]
var count = CInt(strings.count - 1)
let status: CInt = strings.withUnsafeMutableBufferPointer { buffer in
    guard var base = buffer.baseAddress else { return 64 }
    return runDriver(&count, &base) { start, count in
        let input = Array(UnsafeBufferPointer(start: start, count: count))
        do { try Fuzzing.take(input) } catch { fatalError("\(error)") }
        return 0
    }
}
exit(status)
