extension BinaryInteger {
    /// The count and what is counted, for sentences: `1 node`, `2 nodes`.
    package func counted(_ noun: String, plural: String? = nil) -> String {
        self == 1 ? "\(self) \(noun)" : "\(self) \(plural ?? noun + "s")"
    }
}
