/// What a delta costs and what it saves.
extension WeightDelta {
    /// Elements of all tensors.
    public var elementCount: Int { entries.reduce(0) { $0 + $1.count } }

    /// Elements whose bits differ from the base's.
    public var changedCount: Int { entries.reduce(0) { $0 + $1.changed } }

    /// Share of the elements that differ, from 0 to 1.
    public var density: Double { elementCount == 0 ? 0 : Double(changedCount) / Double(elementCount) }

    /// Size of the result's weights sent whole, in bytes.
    public var fullByteCount: Int { entries.reduce(0) { $0 + $1.count * $1.elementType.bitCount / 8 } }

    /// The delta's size as a share of the whole weights'.
    public var ratio: Double { fullByteCount == 0 ? 0 : Double(bytes.count) / Double(fullByteCount) }

    /// Bits of the delta for each changed element; 0 when nothing changed.
    public var bitsPerChange: Double { changedCount == 0 ? 0 : Double(bytes.count * 8) / Double(changedCount) }
}
