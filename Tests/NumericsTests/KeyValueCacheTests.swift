import Numerics
import Testing

@Suite struct KeyValueCacheTests {
    /// Two prompts with three and two samples, then decoding token after token: each row must get, bit for bit, what the
    /// packed forward pass gives the same sequence.
    @Test(arguments: AttentionTests.shapes)
    func decodingGivesTheBitsOfThePackedForward(attention: Attention) {
        let width = attention.headDimension
        let prompts = [45, 7]
        let owner: [Int] = [0, 0, 0, 1, 1]
        let steps = 38
        let prefix = KeyValueCache(
            layers: 2, keyValueHeads: attention.keyValueHeads, headDimension: width, capacities: prompts)
        let suffix = KeyValueCache(
            layers: 2, keyValueHeads: attention.keyValueHeads, headDimension: width,
            capacities: [Int](repeating: steps, count: owner.count))
        var sequences: [(q: Matrix, k: Matrix, v: Matrix)] = []
        for (row, prompt) in owner.enumerated() {
            let length = prompts[prompt] + steps
            let columns = attention.keyValueHeads * width
            let sequence = (
                q: random(length, attention.heads * width, stream: UInt64(10 + row), scale: 2),
                k: random(length, columns, stream: UInt64(20 + row), scale: 2),
                v: random(length, columns, stream: UInt64(30 + row))
            )
            sequence.k.rows(0..<prompts[prompt]).copy(
                from: random(prompts[prompt], columns, stream: UInt64(40 + prompt), scale: 2))
            sequence.v.rows(0..<prompts[prompt]).copy(
                from: random(prompts[prompt], columns, stream: UInt64(50 + prompt)))
            let head = 0..<prompts[prompt]
            prefix.store(
                layer: 1, slot: prompt, position: 0, keys: sequence.k.rows(head), values: sequence.v.rows(head))
            sequences.append(sequence)
        }
        var expected: [Matrix] = []
        for sequence in sequences {
            let out = Matrix(rows: sequence.q.rows, columns: sequence.q.columns)
            attention.forward(
                queries: sequence.q, keys: sequence.k, values: sequence.v, starts: [0, Int32(out.rows)], into: out)
            expected.append(out)
        }
        let slots = owner.indices.map { Int32($0) }
        for step in 0..<steps {
            let newest = owner.indices.map { prompts[owner[$0]] + step }
            let q = gather(sequences.map(\.q), newest)
            let out = Matrix(rows: owner.count, columns: q.columns)
            suffix.store(
                layer: 1, slots: slots, positions: slots.map { _ in Int32(step) },
                keys: gather(sequences.map(\.k), newest), values: gather(sequences.map(\.v), newest))
            attention.decode(
                queries: q, layer: 1, prefix: prefix, prefixSlots: owner.map(Int32.init),
                prefixCounts: owner.map { Int32(prompts[$0]) }, suffix: suffix, suffixSlots: slots,
                suffixCounts: slots.map { _ in Int32(step + 1) }, into: out)
            for row in owner.indices {
                #expect(
                    bits(out.row(row).array) == bits(expected[row].row(newest[row]).array), "row \(row) step \(step)")
            }
        }
    }

    /// Rows at different places of their sequences, one prompt empty, at widths that need every kind of tile.
    @Test(arguments: [16, 32, 48, 64, 112])
    func rowsOfDifferentLengthsAreDecodedTogether(width: Int) {
        let attention = Attention(heads: 4, keyValueHeads: 2, headDimension: width)
        let counts: [Int32] = [1, 17, 40, 64, 33, 5, 64]
        let prompts = [21, 0]
        let owner: [Int32] = [0, 0, 0, 0, 0, 1, 1]
        let prefix = KeyValueCache(layers: 1, keyValueHeads: 2, headDimension: width, capacities: prompts)
        let suffix = KeyValueCache(
            layers: 1, keyValueHeads: 2, headDimension: width, capacities: [Int](repeating: 64, count: 7))
        let shared = (random(21, 2 * width, stream: 1), random(21, 2 * width, stream: 2))
        prefix.store(layer: 0, slot: 0, position: 0, keys: shared.0, values: shared.1)
        let queries = random(7, 4 * width, stream: 3, scale: 2)
        var expected: [Float] = []
        for row in 0..<7 {
            let (own, prompt) = (Int(counts[row]), prompts[Int(owner[row])])
            let keys = random(prompt + own, 2 * width, stream: UInt64(10 + row))
            let values = random(prompt + own, 2 * width, stream: UInt64(20 + row))
            keys.rows(0..<prompt).copy(from: shared.0.rows(0..<prompt))
            values.rows(0..<prompt).copy(from: shared.1.rows(0..<prompt))
            let tail = prompt..<prompt + own
            suffix.store(layer: 0, slot: row, position: 0, keys: keys.rows(tail), values: values.rows(tail))
            let all = Matrix(rows: prompt + own, columns: 4 * width)
            all.row(prompt + own - 1).copy(from: queries.row(row))
            let out = Matrix(rows: prompt + own, columns: 4 * width)
            attention.forward(queries: all, keys: keys, values: values, starts: [0, Int32(prompt + own)], into: out)
            expected += out.row(prompt + own - 1).array
        }
        let out = Matrix(rows: 7, columns: 4 * width)
        attention.decode(
            queries: queries, layer: 0, prefix: prefix, prefixSlots: owner,
            prefixCounts: owner.map { $0 == 0 ? 21 : 0 },
            suffix: suffix, suffixSlots: (0..<7).map { Int32($0) }, suffixCounts: counts, into: out)
        #expect(bits(out.array) == bits(expected))
    }

    private func gather(_ matrices: [Matrix], _ rows: [Int]) -> Matrix {
        let result = Matrix(rows: rows.count, columns: matrices[0].columns)
        for (index, row) in rows.enumerated() { result.row(index).copy(from: matrices[index].row(row)) }
        return result
    }
}
