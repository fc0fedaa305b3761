/// The length of the longest common subsequence, 64 elements of one side at a time.
///
/// H. Hyyrö, "Bit-parallel LCS-length computation revisited" (AWOCA 2004): a zero bit of `row` is a step of the dynamic
/// programme's row. One block of 64 reference elements runs over the whole prediction and hands its carries to the next
/// block, so memory stays linear however long the texts are.
enum LongestCommonSubsequence {
    /// - Parameters:
    ///   - reference: dense indices, each below `distinct`.
    ///   - prediction: dense indices; those below 0 match nothing.
    static func length(reference: [Int32], prediction: [Int32], distinct: Int) -> Int {
        let candidates = prediction.filter { $0 >= 0 }
        var carries = [UInt64](repeating: 0, count: candidates.count)
        var matches = [UInt64](repeating: 0, count: distinct)
        var length = 0
        for start in stride(from: 0, to: reference.count, by: 64) {
            let block = reference[start..<min(start + 64, reference.count)]
            for (bit, element) in block.enumerated() { matches[Int(element)] |= 1 << UInt64(bit) }
            var row = ~UInt64(0)
            for position in candidates.indices {
                let hits = row & matches[Int(candidates[position])]
                let (sum, overflow) = row.addingReportingOverflow(hits)
                let (total, carry) = sum.addingReportingOverflow(carries[position])
                row = total | (row & ~hits)
                carries[position] = overflow || carry ? 1 : 0
            }
            let used = block.count == 64 ? ~UInt64(0) : 1 << UInt64(block.count) - 1
            length += (~row & used).nonzeroBitCount
            for element in block { matches[Int(element)] = 0 }
        }
        return length
    }
}
