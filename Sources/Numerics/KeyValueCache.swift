// Keys and values of sequences being decoded.
//
// A slot holds one sequence in every layer. Keys stand in panels of 32 positions, [position / 32][dimension][32], so that
// one query scores 32 keys at a time without a horizontal sum; values in rows padded to 16. A prompt's slot is written once
// and read by all its samples; each sample's own tokens go to a slot of a second cache.

import CKernels

/// A pool of slots, each with its own capacity in positions.
public final class KeyValueCache: Sendable {
    /// Layers of the model.
    public let layers: Int
    /// Key-value heads of a layer.
    public let keyValueHeads: Int
    /// Width of a head.
    public let headDimension: Int
    /// Capacity of each slot in positions.
    public let capacities: [Int32]
    private let keyOffsets: [Int64]
    private let valueOffsets: [Int64]
    private let keysPerLayer: Int
    private let valuesPerLayer: Int
    private let keys: FloatBuffer
    private let values: FloatBuffer

    private var valueStride: Int { (headDimension + 15) / 16 * 16 }

    /// A cache with one slot per entry of `capacities`.
    public init(layers: Int, keyValueHeads: Int, headDimension: Int, capacities: [Int]) {
        self.layers = layers
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
        self.capacities = capacities.map(Int32.init)
        var keyOffsets: [Int64] = []
        var valueOffsets: [Int64] = []
        var keyTotal = 0
        var valueTotal = 0
        for capacity in capacities {
            keyOffsets.append(Int64(keyTotal))
            valueOffsets.append(Int64(valueTotal))
            keyTotal += keyValueHeads * ((capacity + 31) / 32) * 32 * headDimension
            valueTotal += keyValueHeads * capacity * ((headDimension + 15) / 16 * 16)
        }
        self.keyOffsets = keyOffsets
        self.valueOffsets = valueOffsets
        keysPerLayer = keyTotal
        valuesPerLayer = valueTotal
        keys = FloatBuffer(count: keyTotal * layers)
        values = FloatBuffer(count: valueTotal * layers)
    }

    /// Stores consecutive positions of one sequence: rows of `newKeys` and `newValues` [rows, keyValueHeads ·
    /// headDimension] become positions `position`, `position` + 1, … of `slot`.
    public func store(layer: Int, slot: Int, position: Int, keys newKeys: Matrix, values newValues: Matrix) {
        check(layer, newKeys, newValues)
        precondition(position >= 0 && position + newKeys.rows <= Int(capacities[slot]), "slot \(slot) is full")
        for row in 0..<newKeys.rows { storeRow(layer, slot, position + row, newKeys, newValues, row) }
    }

    /// Stores one position for each of many sequences: row r becomes position `positions[r]` of slot `slots[r]`.
    public func store(layer: Int, slots: [Int32], positions: [Int32], keys newKeys: Matrix, values newValues: Matrix) {
        check(layer, newKeys, newValues)
        precondition(slots.count >= newKeys.rows && positions.count >= newKeys.rows, "one slot and position per row")
        for row in 0..<newKeys.rows {
            precondition(positions[row] >= 0 && positions[row] < capacities[Int(slots[row])], "slot is full")
            storeRow(layer, Int(slots[row]), Int(positions[row]), newKeys, newValues, row)
        }
    }

    private func check(_ layer: Int, _ newKeys: Matrix, _ newValues: Matrix) {
        precondition(layer >= 0 && layer < layers, "no such layer")
        precondition(newKeys.columns == keyValueHeads * headDimension, "keys of another width")
        precondition(newValues.columns == newKeys.columns && newValues.rows == newKeys.rows, "values differ")
    }

    private func storeRow(
        _ layer: Int, _ slot: Int, _ position: Int, _ newKeys: Matrix, _ newValues: Matrix, _ row: Int
    ) {
        let capacity = Int(capacities[slot])
        let panels = (capacity + 31) / 32
        let keyBase = layer * keysPerLayer + Int(keyOffsets[slot])
        let valueBase = layer * valuesPerLayer + Int(valueOffsets[slot])
        for head in 0..<keyValueHeads {
            let source = unsafe newKeys.pointer + row * newKeys.rowStride + head * headDimension
            let panel = unsafe keys.base + keyBase + (head * panels + position / 32) * 32 * headDimension
            for index in 0..<headDimension { unsafe panel[index * 32 + position % 32] = source[index] }
            let value = unsafe newValues.pointer + row * newValues.rowStride + head * headDimension
            let target = unsafe values.base + valueBase + (head * capacity + position) * valueStride
            unsafe target.update(from: value, count: headDimension)
        }
    }

    func withLayer(_ layer: Int, _ body: (rk_cache) -> Void) {
        precondition(layer >= 0 && layer < layers, "no such layer")
        unsafe keyOffsets.withUnsafeBufferPointer { keyOffset in
            unsafe valueOffsets.withUnsafeBufferPointer { valueOffset in
                unsafe capacities.withUnsafeBufferPointer { capacity in
                    guard let keyStart = keyOffset.baseAddress, let valueStart = valueOffset.baseAddress,
                        let capacityStart = capacity.baseAddress
                    else { return }
                    unsafe body(
                        rk_cache(
                            keys: keys.base + layer * keysPerLayer, values: values.base + layer * valuesPerLayer,
                            key_offset: keyStart, value_offset: valueStart, capacity: capacityStart))
                }
            }
        }
    }
}
