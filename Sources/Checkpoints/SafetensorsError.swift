/// A safetensors file that is not one: the reference implementation's name for what is wrong, and a sentence.
public struct SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reference implementation's error names.
    public enum Kind: String, Sendable, CaseIterable {
        case headerTooSmall = "HeaderTooSmall"
        case headerTooLarge = "HeaderTooLarge"
        case invalidHeaderLength = "InvalidHeaderLength"
        case invalidHeader = "InvalidHeader"
        case invalidHeaderDeserialization = "InvalidHeaderDeserialization"
        case invalidOffset = "InvalidOffset"
        case tensorInvalidInfo = "TensorInvalidInfo"
        case validationOverflow = "ValidationOverflow"
        case misalignedSlice = "MisalignedSlice"
        case metadataIncompleteBuffer = "MetadataIncompleteBuffer"
        case tensorNotFound = "TensorNotFound"
    }

    /// What is wrong, in the reference's words.
    public let kind: Kind
    /// The file.
    public let path: String
    /// The whole sentence.
    public let description: String

    init(_ kind: Kind, _ path: String, _ detail: String) {
        self.kind = kind
        self.path = path
        self.description = "\(path) is not a usable safetensors file: \(detail) (\(kind.rawValue))."
    }
}
