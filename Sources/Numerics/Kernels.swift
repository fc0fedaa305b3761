import CKernels

/// The table of C kernels in use.
var kernels: rk_kernels { unsafe rk_active().pointee }

/// The instruction sets the kernels are compiled for. Results are the same under each; tests force the lower ones.
public enum InstructionLevel: Int, CaseIterable, Sendable {
    /// Plain C: baseline x86-64, or NEON on ARM.
    case generic = 0
    /// AVX2 with FMA.
    case avx2 = 1
    /// AVX-512 F, DQ, BW and VL.
    case avx512 = 2

    /// The highest level this machine has.
    public static var supported: InstructionLevel {
        InstructionLevel(rawValue: Int(rk_supported_level())) ?? .generic
    }

    /// Uses this level for everything from now on, process wide; false where the machine lacks it. For tests.
    @discardableResult
    public func force() -> Bool {
        rk_force_level(Int32(rawValue)) != 0
    }
}
